// A real SMTP server (the `smtp-server` package) on a free port, which takes every message or answers a step as a test says.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** One message as it came: the envelope, whether it came encrypted, and headers and text with CRLF made LF. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly isEncrypted: boolean;
  readonly text: string;
}

/** A password as it was offered. */
export interface OfferedPassword {
  readonly user: string;
  readonly password: string;
  readonly isEncrypted: boolean;
}

/** What is answered at a step instead of yes, `550 no` say; null is silence. Of a recipient, `to` is the address. */
export type Refusals = Readonly<
  Partial<Record<'greeting' | 'AUTH' | 'MAIL' | 'message', () => string | null>> & {
    RCPT?: (to: string) => string | null | undefined;
  }
>;

/**
 * Listens on 127.0.0.1. `offers`: no encryption, STARTTLS, or encryption from the start; the certificate is self-signed and
 * out of date. Passwords are taken whatever they are.
 */
export async function startPrivateSmtp(
  refusals: Refusals = {},
  offers: 'plain' | 'starttls' | 'tls' = 'plain',
) {
  const mails: ReceivedMail[] = [];
  const passwords: OfferedPassword[] = [];
  const server = new SMTPServer({
    logger: false,
    secure: offers === 'tls',
    disabledCommands: offers === 'plain' ? ['STARTTLS'] : [],
    allowInsecureAuth: offers === 'plain',
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    ...handlers(refusals, mails, passwords),
  });
  // A client that does not trust the certificate breaks off.
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  return {
    port,
    mails,
    passwords,
    stop: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}

function handlers(refusals: Refusals, mails: ReceivedMail[], passwords: OfferedPassword[]) {
  const settle = (answer: string | null | undefined, goOn: (error?: Error) => void) => {
    if (answer === null) return;
    if (answer === undefined) goOn();
    else
      goOn(
        Object.assign(new Error(answer.slice(4)), { responseCode: Number.parseInt(answer.slice(0, 3), 10) }),
      );
  };
  return {
    onConnect: (_, goOn) => settle(refusals.greeting?.(), goOn),
    onAuth: ({ username, password }, { secure }, goOn) => {
      passwords.push({ user: username ?? '', password: password ?? '', isEncrypted: secure });
      settle(refusals.AUTH?.(), (error) =>
        error === undefined ? goOn(null, { user: username }) : goOn(error),
      );
    },
    onMailFrom: (_, __, goOn) => settle(refusals.MAIL?.(), goOn),
    onRcptTo: ({ address }, _, goOn) => settle(refusals.RCPT?.(address), goOn),
    onData: (stream, { envelope, secure }, goOn) =>
      void text(stream).then((raw) => {
        const answer = refusals.message?.();
        if (answer === undefined && envelope.mailFrom !== false)
          mails.push({
            from: envelope.mailFrom.address,
            to: envelope.rcptTo.map(({ address }) => address),
            isEncrypted: secure,
            text: raw.replaceAll('\r\n', '\n'),
          });
        settle(answer, goOn);
      }),
  } satisfies SMTPServerOptions;
}
