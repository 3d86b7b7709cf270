-- One play for wrk, whatever its steps: `wrk -s play.lua ADDRESS -- STEPS ROWS`, as playing/wrk.py writes both files.
--
-- wrk gives each of its threads a Lua state and, as it is started here, one connection: so a state is one caller, who
-- waits for each answer before it asks again, and what it knows is nobody else's.
-- Only an answer moves a caller on. wrk asks the first caller for a request once before it starts, and sends none.

local ffi = require("ffi")
ffi.cdef("typedef struct { long s; long us; } moment; int gettimeofday(moment *at, void *zone);")

local threads = {}
local moment = ffi.new("moment")
local play, names, rows, kept, variables, place, turn, asked, until_

local function now()
    ffi.C.gettimeofday(moment, nil)
    return tonumber(moment.s) + tonumber(moment.us) / 1e6
end

-- What the threads tell in the end: see done().
began, ended, turns, failures, failure = 0, 0, 0, 0, ""

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

local function split(line)
    local cells = {}
    for cell in (line .. "\t"):gmatch("([^\t]*)\t") do
        table.insert(cells, cell)
    end
    return cells
end

-- The rows of this caller, as lines: a caller may have thousands, and only comes to some.
local function read_rows(path)
    local found, at = {}, 0
    for line in io.lines(path) do
        if names == nil then
            names = split(line)
        else
            if at % play.callers == number then
                table.insert(found, line)
            end
            at = at + 1
        end
    end
    return found
end

local function variables_of(line)
    local found, cells = {}, split(line)
    for at, name in ipairs(names) do
        found[name] = cells[at]
    end
    return found
end

local function fail(why)
    failures = failures + 1
    if failure == "" then
        failure = why
    end
end

-- Ends this caller. Who started wrk waits for all of them to say so, and ends it then.
local function stop()
    io.write("ENDED\n")
    io.flush()
    wrk.thread:stop()
end

local function deal()
    if play.deal == "once" and turn >= #rows then
        fail("there are no more rows")
        return
    end
    local at = turn % #rows + 1
    variables = kept[at] or variables_of(rows[at])
    if play.deal == "kept" then
        kept[at] = variables
    end
end

function init(arguments)
    play = dofile(arguments[1])
    rows = read_rows(arguments[2])
    kept, place, turn, asked = {}, 1, 0, 0
    deal()
    if play.pause_milliseconds then
        delay = function() return play.pause_milliseconds end
    end
end

local function encoded(text)
    return (text:gsub("[^%w%-%._~]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

local function rendered(parts)
    local out = {}
    for at, part in ipairs(parts) do
        if type(part) == "string" then
            out[at] = part
        elseif part.form then
            out[at] = encoded(variables[part.name])
        else
            out[at] = variables[part.name]
        end
    end
    return table.concat(out)
end

-- A request without variables is put together once.
local function request_of(step)
    if step.whole then
        return step.whole
    end
    local whole
    if step.body then
        local body = rendered(step.body)
        whole = rendered(step.head) .. "Content-Length: " .. #body .. "\r\n\r\n" .. body
    else
        whole = rendered(step.head) .. "\r\n"
    end
    if step.is_fixed then
        step.whole = whole
    end
    return whole
end

function request()
    if asked == 0 then
        began = now()
        until_ = began + play.seconds
    end
    return request_of(play.steps[place])
end

local function header(headers, wanted)
    for name, value in pairs(headers) do
        if name:lower() == wanted then
            return value
        end
    end
    return ""
end

local function between(text, after, before)
    local _, start = text:find(after, 1, true)
    if start == nil then
        return nil
    end
    local finish = text:find(before, start + 1, true)
    return text:sub(start + 1, finish and finish - 1)
end

local function shown(status, headers, body)
    local location = header(headers, "location")
    return ("step %d was answered with %d %s %s"):format(place, status, location, body:sub(1, 300))
end

local function take(step, status, headers, body)
    for _, taken in ipairs(step.takes) do
        local text = taken.header and header(headers, taken.header) or body
        variables[taken.name] = between(text, taken.after, taken.before)
        if variables[taken.name] == nil then
            fail("there is no " .. taken.name .. " where " .. shown(status, headers, body))
        end
    end
end

-- Goes on to the next step; from the last to the first, with the next row.
local function go_on()
    place = place % #play.steps + 1
    if place == 1 then
        turns = turns + 1
        turn = turn + 1
        deal()
    end
end

function response(status, headers, body)
    local step = play.steps[place]
    asked = asked + 1
    ended = now()
    if status ~= step.status then
        if not play.any_status then
            fail(shown(status, headers, body))
        end
        place = #play.steps
    else
        take(step, status, headers, body)
    end
    go_on()
    -- Nothing is on its way when a caller ends: what the server has worked for is counted, and no token is lost.
    if failures > 0 or (place == 1 and ended > until_ and turns >= play.least_turns) then
        stop()
    end
end

local function quoted(text)
    return '"' .. text:gsub('[%c"\\\128-\255]', function(byte) return ("\\u%04x"):format(byte:byte()) end) .. '"'
end

function done(summary, latency, requests)
    local first, last, all, wrong, why = math.huge, 0, 0, 0, ""
    for _, thread in ipairs(threads) do
        first = math.min(first, thread:get("began"))
        last = math.max(last, thread:get("ended"))
        all = all + thread:get("turns")
        wrong = wrong + thread:get("failures")
        if why == "" then
            why = thread:get("failure")
        end
    end
    local errors = summary.errors
    io.write(("\nFIGURES {\"requests\": %d, \"turns\": %d, \"seconds\": %.6f, "):format(summary.requests, all, last - first))
    io.write(("\"p50_milliseconds\": %.3f, \"p99_milliseconds\": %.3f, "):format(
        latency:percentile(50) / 1000, latency:percentile(99) / 1000))
    io.write(("\"failures\": %d, \"failure\": %s, \"broken\": %d}\n"):format(
        wrong, quoted(why), errors.connect + errors.read + errors.write + errors.timeout))
end
