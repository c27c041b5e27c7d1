// Where the compiled database thread lies: worker threads load JavaScript, so tests use the build's.

/** `dist/store/embedded-thread.js`, made by `tsc -p tsconfig.build.json`. */
export const databaseThreadUrl = new URL('../../dist/store/embedded-thread.js', import.meta.url);
