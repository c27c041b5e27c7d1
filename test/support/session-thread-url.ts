// Where the compiled session thread lies: worker threads load JavaScript, so tests use the build's.

/** `dist/inference/session-thread.js`, made by `tsc -p tsconfig.build.json`. */
export const sessionThreadUrl = new URL('../../dist/inference/session-thread.js', import.meta.url);
