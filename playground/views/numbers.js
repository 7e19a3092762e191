/** Figures as people read them, in one way everywhere. */

const grouped = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

export const count = (number) => grouped.format(number);
export const compact = (number) => short.format(number);

export function milliseconds(time) {
  if (time >= 1000) return `${(time / 1000).toFixed(1)} s`;
  return `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`;
}

export function bytes(number) {
  if (number < 1024) return `${number} B`;
  return number < 1024 * 1024 ? `${Math.round(number / 1024)} KB` : `${(number / 1024 / 1024).toFixed(1)} MB`;
}

const IRREGULAR = { entry: 'entries' };

/** 1 row, 2 rows. */
export const plural = (number, word) => `${count(number)} ${number === 1 ? word : IRREGULAR[word] ?? `${word}s`}`;
