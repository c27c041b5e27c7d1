// Where tiles begin along one side of a picture: whoever counts them and whoever cuts them must agree.

/** In pixels, ascending; `overlap` is the part of a tile that neighbours share at least. The last is shifted inward, so that it is whole. */
export function tileStarts(side: number, tile: number, overlap: number): number[] {
  const stride = Math.max(1, Math.floor(tile * (1 - overlap)));
  const last = Math.max(0, side - tile);
  return Array.from({ length: Math.ceil(last / stride) + 1 }, (_, i) => Math.min(i * stride, last));
}
