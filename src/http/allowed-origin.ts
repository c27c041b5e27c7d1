// Which web pages may talk to this server from a browser.

/** `any`, or full origins such as `https://dashboard.example.org`. */
export type AllowedOrigins = 'any' | readonly string[];

/** A missing origin (no browser) and the server's own host are always allowed. */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  allowed: AllowedOrigins,
): boolean {
  if (origin === undefined || allowed === 'any' || allowed.includes(origin)) return true;
  return host !== undefined && hostOf(origin) === host.toLowerCase();
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
