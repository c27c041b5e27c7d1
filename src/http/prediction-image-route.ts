// The annotated picture of a prediction, as long as it is kept.
import type { FastifyInstance } from 'fastify';
import type { KeptPictures } from '../uploads/kept-pictures.js';
import { sendFailure } from './http-errors.js';

const NOT_FOUND = {
  status: 404,
  code: 'PREDICTION_NOT_FOUND',
  message: 'There is no picture of this prediction: it is not made yet, or none is kept.',
};

export function addPredictionImageRoute(
  app: FastifyInstance,
  { keptPictures }: { readonly keptPictures: Pick<KeptPictures, 'find'> },
): void {
  app.get<{ Params: { id: string } }>('/predictions/:id/image', async (request, reply) => {
    const found = await keptPictures.find(request.params.id, 'annotated');
    if (found === undefined) {
      sendFailure(reply, NOT_FOUND);
      return reply;
    }
    return (
      reply
        .type('image/jpeg')
        .header('content-length', found.sizeBytes)
        // It never changes, but it is somebody's picture: no shared cache keeps it.
        .header('cache-control', 'private, max-age=3600')
        .send(found.open())
    );
  });
}
