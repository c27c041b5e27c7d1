// `PUT /uploads/<id>`: bytes for an upload that `createUpload` opened, handed on as they come and never held.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, type ErrorCode } from '../errors.js';
import type { Metrics } from '../metrics.js';
import type { UploadStore } from '../uploads/upload-store.js';
import { sendFailure } from './http-errors.js';
import type { SlowTransfers } from './slow-transfers.js';

interface UploadRouteParts {
  readonly uploads: Pick<UploadStore, 'receive'>;
  readonly slow: SlowTransfers;
  readonly metrics: Metrics;
}

const PATH = '/uploads/:id';
const METHODS = 'PUT, OPTIONS';
/** How long what is still sent after a refusal is read on: cut at once, a client would see a broken pipe instead of the answer. */
const LINGER_MS = 5000;

const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  INVALID_INPUT: 400,
  UPLOAD_NOT_FOUND: 404,
  IDEMPOTENCY_CONFLICT: 409,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  IMAGE_REJECTED: 422,
};

/** Answers 204 when the picture is here, and the errors of `UploadStore.receive` in the shape GraphQL clients know. */
export function addUploadRoute(app: FastifyInstance, { uploads, slow, metrics }: UploadRouteParts): void {
  const receive = async (
    request: FastifyRequest<{ Params: { readonly id: string } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const { raw, params, headers } = request;
    const length = headers['content-length'];
    const end = slow.begin(raw);
    try {
      await uploads.receive(params.id, raw, {
        contentLength: length === undefined ? undefined : Number(length),
        contentType: headers['content-type'],
      });
      metrics.uploads.inc({ outcome: 'ok' });
      return await reply.code(204).send();
    } catch (error) {
      metrics.uploads.inc({ outcome: error instanceof AppError ? error.code : 'INTERNAL' });
      readOn(request);
      const status = error instanceof AppError ? STATUS[error.code] : undefined;
      if (!(error instanceof AppError) || status === undefined) throw error;
      sendFailure(reply, { status, code: error.code, message: error.message });
      return await reply;
    } finally {
      end();
    }
  };
  void app.register((room, _options, done) => {
    // Any content type, and nothing of the body is read before the upload is known.
    room.removeAllContentTypeParsers();
    room.addContentTypeParser('*', (_request, _body, next) => next(null));
    room.put(PATH, receive);
    room.options(PATH, (_request, reply) => reply.code(204).header('allow', METHODS).send());
    done();
  });
}

function readOn({ raw }: FastifyRequest): void {
  if (raw.complete || raw.destroyed) return;
  const cut = setTimeout(() => raw.socket.destroy(), LINGER_MS).unref();
  raw.once('close', () => clearTimeout(cut));
  raw.resume();
}
