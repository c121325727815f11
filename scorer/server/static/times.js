// Moments in the viewer's zone, with UTC beside. Without this script they are in UTC.

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Show every moment under a node in the viewer's zone, unless that is what UTC says. */
export function showLocalTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-shown])")) {
    const moment = new Date(time.dateTime);
    const local = parts(moment, ZONE);
    const utc = parts(moment, "UTC");
    time.dataset.shown = "local";
    if (local.date === utc.date && local.clock === utc.clock) continue;
    const beside = document.createElement("span");
    beside.className = "utc";
    beside.textContent = `(${local.date === utc.date ? "" : `${utc.date} `}${utc.clock} UTC)`;
    time.title = `${utc.date} ${utc.clock} UTC`;
    time.replaceChildren(`${local.date} ${local.clock} ${local.zone} `, beside);
  }
}

/** The date, the clock and the zone's name of a moment in a zone. */
function parts(moment, timeZone) {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
  });
  const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  return {
    date: `${part.year}-${part.month}-${part.day}`,
    clock: `${part.hour}:${part.minute}`,
    zone: part.timeZoneName,
  };
}

showLocalTimes(document);
for (const words of document.querySelectorAll("[data-zone]")) {
  if (ZONE !== "UTC") words.textContent = `Times are in your zone, ${ZONE}, with UTC beside them.`;
}
