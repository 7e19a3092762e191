import vue from '@vitejs/plugin-vue';

export default {
  // Elements of the browser, and no components.
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith('cu-') } } })],
};
