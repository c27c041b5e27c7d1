// Tells whether two sets of settings are the same, whatever the order of their keys.
import { createHash } from 'node:crypto';

/** A short SHA-256 of the settings as JSON with sorted keys. */
export function settingsHash(settings: unknown): string {
  return createHash('sha256').update(JSON.stringify(settings, sortKeys)).digest('hex').slice(0, 16);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
