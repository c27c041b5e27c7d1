// How the front page looks, by day and by night.
export const FRONT_PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1b2733; --soft: #5b6b7a; --line: #d9e0e7; --ground: #f6f8fa; --card: #fff; --accent: #0b6bcb; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #93a1b0; --line: #2c3743; --ground: #10161d; --card: #18212b; --accent: #6cb6ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 3rem 1.25rem 4rem; }
h1 { font-size: 2.4rem; margin: 0; letter-spacing: -.02em; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1.05rem; margin: 0; }
small { color: var(--soft); font-weight: 400; font-size: .85em; }
.lead { color: var(--soft); margin: .25rem 0 1.75rem; font-size: 1.1rem; }
nav { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .75rem; }
nav a, article { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .9rem 1.1rem; }
nav a { display: block; text-decoration: none; color: inherit; }
nav a:hover, nav a:focus-visible { border-color: var(--accent); }
nav strong { color: var(--accent); display: block; }
nav span { color: var(--soft); font-size: .9rem; }
article + article { margin-top: .75rem; }
article p { margin: .35rem 0 0; }
ul { list-style: none; display: flex; flex-wrap: wrap; gap: .4rem; margin: .7rem 0 0; padding: 0; }
li { border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .65rem; font-size: .88rem; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.1rem; overflow-x: auto; }
code { font: .88rem/1.6 ui-monospace, monospace; }
`;
