// Evaluated before the built Worker: it keeps hold of the modules that are instantiated after it.

const instances = [];

WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(Instance, args) {
    const instance = new Instance(...args);
    instances.push(instance);
    return instance;
  },
});

/** How many bytes of memory the module has; it never gives any back. */
export const memory = () => instances.reduce((bytes, { exports }) => bytes + exports.memory.buffer.byteLength, 0);
