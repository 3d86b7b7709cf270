// Shows moments in the reader's own time zone; the server writes them in UTC.

const pageLanguage = document.documentElement.lang || "en";
const spoken = navigator.languages.find((language) => language.split("-")[0] === pageLanguage.split("-")[0]);
const full = new Intl.DateTimeFormat(spoken ?? pageLanguage, { dateStyle: "long", timeStyle: "short" });
const since = new Intl.RelativeTimeFormat(spoken ?? pageLanguage, { numeric: "auto" });

const STEPS = [
  { unit: "second", seconds: 1, below: 60 },
  { unit: "minute", seconds: 60, below: 3_600 },
  { unit: "hour", seconds: 3_600, below: 86_400 },
  { unit: "day", seconds: 86_400, below: 2_592_000 },
];

function ago(moment) {
  const seconds = Math.round((moment.getTime() - Date.now()) / 1000);
  const step = STEPS.find(({ below }) => Math.abs(seconds) < below);
  return step ? since.format(Math.trunc(seconds / step.seconds), step.unit) : null;
}

function show() {
  for (const element of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) {
      continue;
    }
    const exact = full.format(moment);
    element.textContent = (element.dataset.style === "ago" && ago(moment)) || exact;
    element.title = exact;
  }
}

show();
document.addEventListener("doorward:fresh", show); // a part of the page was replaced
