/** Whether a value is meant to be a plot; plot/data.js, which is loaded with the first one, says what is wrong with it. */

export const isPlot = (value) => typeof value === 'object' && value !== null && Object.hasOwn(value, 'plot');
