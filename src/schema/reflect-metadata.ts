// type-graphql insists on `Reflect.getMetadata`, which compilers fill from types. Here every field and argument names its
// type, so there is no such metadata: answering "none" is the whole truth, and no polyfill is needed. An import of this
// file comes before the first decorator; it is the one import with an effect, as the polyfill's would be.

if (!('getMetadata' in Reflect)) {
  Object.defineProperty(Reflect, 'getMetadata', {
    value: () => undefined,
    configurable: true,
    writable: true,
  });
}
