// What can be measured. The one that says most comes first. Imports nothing before it is wanted, so that it can be told without any package.

/** `minutes` are those of a full run; what is `linux` needs what only Linux tells of a process. */
export const SECTIONS = [
  { name: 'calls', title: 'authenticated calls of /mcp', minutes: 3, load: async () => (await import('./calls.mjs')).calls },
  { name: 'verification', title: 'the verification of a token by itself', minutes: 1, load: async () => (await import('./verification.mjs')).verification },
  { name: 'answers', title: 'challenge, discovery and refresh', minutes: 2, load: async () => (await import('./answers.mjs')).answers },
  { name: 'streams', title: 'events of a stream', minutes: 4, load: async () => (await import('./streams.mjs')).streams },
  { name: 'memory', title: 'many open streams: memory, events and heartbeats', minutes: 10, linux: true, load: async () => (await import('./memory.mjs')).memory },
  { name: 'storage', title: 'operations on storage', minutes: 1, load: async () => (await import('./storage.mjs')).storage },
  { name: 'start', title: 'size and start-up', minutes: 1, load: async () => (await import('./start.mjs')).start },
  { name: 'cpu', title: 'processor time of each kind of request', minutes: 5, linux: true, load: async () => (await import('./cpu.mjs')).cpu },
];
