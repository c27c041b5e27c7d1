// Where the compiled program of plugin threads lies: worker threads load JavaScript, so tests use the build's.

/** `dist/monitors/plugin-thread.js`, made by `tsc -p tsconfig.build.json`. */
export const pluginThreadUrl = new URL('../../dist/monitors/plugin-thread.js', import.meta.url);
