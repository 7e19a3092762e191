/**
 * The files of the kit as cases, each a list of steps with what is expected of them (README.md, "The format").
 *
 * Invariant: `textOf(parse(text))` is the text.
 */

/** What a step can begin with; true where lines of text may follow. */
const STEPS = {
  case: false, config: false, events: false, home: false, now: false, offer: true, open: false, use: false, drop: false, put: false,
  remove: false, fail: false, tick: false, run: true, compute: false, call: false, content: false, resume: false, cancel: false,
  collect: false, store: true, decode: false, key: false,
};

const EXPECTATIONS = [
  'results', 'error', 'waits', 'failed', 'output', 'called', 'event', 'used', 'uses', 'encodes', 'malformed', 'value', 'refused',
];

/**
 * @param {string} text of a file
 * @param {string} name for errors
 * @returns {{ head: string[], cases: object[] }} head: the lines in front of the first case
 */
export function parse(text, name) {
  const lines = text.split('\n');
  const cases = [];
  let head = [];
  /** Blank lines and comments that belong to what comes next. */
  let front = [];
  let step;
  let last;
  lines.forEach((line, at) => {
    const wrong = (problem) => new SyntaxError(`${name}:${at + 1}: ${problem}: ${line.slice(0, 100)}`);
    if (line.startsWith('  ')) {
      if (last === undefined || !last.takesText) throw wrong('text belongs to no step');
      last.text.push({ front, text: line.slice(2) });
      front = [];
    } else if (line === '' || line.startsWith('#')) {
      front.push(line);
    } else {
      const [word, ...words] = line.split(' ');
      const isExpectation = EXPECTATIONS.includes(word);
      if (!isExpectation && STEPS[word] === undefined) throw wrong(`'${word}' is neither a step nor an expectation`);
      if (words.includes('')) throw wrong('words are separated by one blank');
      last = { number: at + 1, front, line, word, words, text: [], takesText: isExpectation || STEPS[word] };
      front = [];
      if (isExpectation) {
        if (step === undefined) throw wrong('nothing stands in front of the expectation');
        step.expected.push(last);
      } else {
        step = last;
        // What the store has stands in the step itself.
        step.expected = word === 'store' ? [step] : [];
        if (word === 'case') {
          if (cases.length === 0) [head, step.front] = headAndFront(step.front);
          cases.push({ title: words.join(' '), number: step.number, steps: [] });
        }
        if (cases.length === 0) throw wrong('there is no case yet');
        cases[cases.length - 1].steps.push(step);
      }
    }
  });
  return { head, cases };
}

/** What stands above the first blank line is about the whole file. */
function headAndFront(lines) {
  const end = lines.indexOf('') + 1;
  return [lines.slice(0, end), lines.slice(end)];
}

/** The text lines of a step, joined. */
export const textOfStep = (step) => step.text.map(({ text }) => text).join('\n');

/** An expectation as it stands in the file, without comments. */
export const expectedText = ({ line, text }) => [line, ...text.map((each) => `  ${each.text}`)].join('\n');

/** A step and what belongs to it, as lines. */
export function linesOf({ front, line, text }) {
  return [...front, line, ...text.flatMap((each) => [...each.front, `  ${each.text}`])];
}

/** The comment directly above a line, without its sign. */
export function commentAbove(front) {
  const last = front.length === 0 ? '' : front[front.length - 1];
  return last.startsWith('# ') ? last.slice(2) : undefined;
}
