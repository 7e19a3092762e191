// Makes a program smaller while it remains a finding: fewer statements and definitions, smaller numbers, fewer tails.

function* without(list, least) {
  if (list.length <= least) return;
  for (let at = list.length - 1; at >= 0; at -= 1) yield list.toSpliced?.(at, 1) ?? list.filter((_, index) => index !== at);
}

function* smallerNumbers(text) {
  for (const match of text.matchAll(/\b\d{3,}\b/g)) {
    const half = String(Math.floor(Number(match[0]) / 4));
    yield text.slice(0, match.index) + half + text.slice(match.index + match[0].length);
  }
}

function* smaller({ definitions, statements }) {
  for (const fewer of without(statements, 1)) yield { definitions, statements: fewer };
  for (const fewer of without(definitions, 0)) yield { definitions: fewer, statements };
  for (const part of ['definitions', 'statements']) {
    const list = part === 'definitions' ? definitions : statements;
    for (const [at, text] of list.entries()) {
      for (const shorter of smallerNumbers(text)) {
        yield { definitions, statements, [part]: list.map((other, index) => (index === at ? shorter : other)) };
      }
    }
  }
}

/** The smallest program found in which `still` answers true, asking it at most `tries` times. */
export async function minimise(program, still, tries = 40) {
  for (let found = true; found && tries > 0;) {
    found = false;
    for (const candidate of smaller(program)) {
      if ((tries -= 1) < 0) break;
      if (!await still(candidate)) continue;
      [program, found] = [candidate, true];
      break;
    }
  }
  return program;
}
