/** Moments of the API (RFC 3339 with offset) in Shanghai's time, whatever the phone's clock is set to. */
const SHANGHAI_MS = 8 * 3600_000;

/** @param {string} at a moment, or a day alone @returns {string} 2026年11月23日 09:05, or the day */
function moment(at) {
  const alone = /^(\d{4})-(\d\d)-(\d\d)$/.exec(at);
  if (alone) return `${alone[1]}年${Number(alone[2])}月${Number(alone[3])}日`;
  const day = new Date(Date.parse(at) + SHANGHAI_MS);
  if (Number.isNaN(day.getTime())) return at;
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${day.getUTCFullYear()}年${day.getUTCMonth() + 1}月${day.getUTCDate()}日 ${two(day.getUTCHours())}:${two(day.getUTCMinutes())}`;
}

module.exports = { moment };
