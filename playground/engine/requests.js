/**
 * What scripts may call, as `host.http.get`: the server of this page, and no other, because a script may have come by a link.
 */

const MOST_BYTES = 1_000_000;

export const functions = {
  http: {
    async get(path) {
      const url = new URL(String(path), document.baseURI);
      if (url.origin !== location.origin) throw new RangeError(`${path}: scripts here may ask ${location.origin} only`);
      // Without cookies: whoever wrote the script is not whoever runs it.
      const response = await fetch(url, { mode: 'same-origin', credentials: 'omit' }).catch((cause) => {
        throw new Error(`${path}: the server does not answer; it needs a network that reaches ${location.host}`, { cause });
      });
      if (!response.ok) throw new Error(`${path}: the server answered ${response.status}`);
      const text = await response.text();
      if (text.length > MOST_BYTES) throw new RangeError(`${path}: ${text.length} characters; at most ${MOST_BYTES} are taken`);
      return text;
    },
  },
};
