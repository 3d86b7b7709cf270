// Runs scenarios of one client library: `node run.mjs LIBRARY`, with what it needs to know as the first line of stdin.
// Every further line names a scenario; for each one line comes back, which says what went wrong, or null.
import { createInterface } from 'node:readline';
import { World } from './world.mjs';

const { scenarios } = await import(`./${process.argv[2]}.mjs`);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

async function tried(scenario, world) {
  try {
    await scenario(world);
    return null;
  } catch (error) {
    const causes = [];
    for (let each = error; each instanceof Error; each = each.cause) causes.push(each.stack);
    const told = error.error ? `${error.error}: ${error.error_description}` : '';
    return [told, ...causes, error.cause instanceof Error ? '' : JSON.stringify(error.cause)].filter(Boolean).join('\n');
  }
}

let world;
for await (const line of createInterface({ input: process.stdin })) {
  if (world === undefined) {
    world = new World(JSON.parse(line));
    say(Object.keys(scenarios));
  } else {
    say(await tried(scenarios[JSON.parse(line)], world));
  }
}
