// A box of pixels becomes the smallest rectangle of the map that holds it, however the picture is turned there.
import { expect, it } from 'vitest';
import { boxOnMap } from './box-on-map.js';

it('lays the four corners of a box on the map', () => {
  const box = { x: 10, y: 20, width: 30, height: 40 };
  expect(boxOnMap(box, { transform: [0.5, 0, 100, 0, -0.25, 50] })).toEqual({
    minX: 105,
    maxX: 120,
    minY: 35,
    maxY: 45,
  });
  expect(boxOnMap(box, { transform: [1, 1, 0, -1, 1, 0] })).toEqual({
    minX: 30,
    maxX: 100,
    minY: -20,
    maxY: 50,
  });
});
