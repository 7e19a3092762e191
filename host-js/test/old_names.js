/** The file names of the earlier project, and the files of web/ that answer them. */

export const OLD_NAMES = {
  'web/cu-api.js': 'cu-api.js',
  'web/lua-persistent.js': 'lua-persistent.js',
  'web/enhanced/lua-api-enhanced.js': 'enhanced/lua-api-enhanced.js',
  'lua-api.js': 'lua-api.js',
  'io-wrapper.js': 'io-wrapper.js',
};

/** A module that is the one at `url`. */
export const sameAs = (url) => `export * from '${url}';\nexport { default } from '${url}';\n`;
