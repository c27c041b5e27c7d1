// Installs the packages when they are missing or out of date, so that tests and checks run from a fresh clone.
import { ensureInstalled, orStop, requireNode } from './installation.mjs';

await orStop(async () => {
  requireNode();
  await ensureInstalled((line) => console.log(line));
});
