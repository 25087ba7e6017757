// What passes and is asked on a stream that is silent, as Gatelodge comes.

/** The watch over a stream looks at its grant after seven times GRANT_CACHE_SECONDS. */
export const LOOK_SECONDS = 7;
/** How many in an hour. */
export const HOUR = { beats: 3600 / 25, looks: Math.floor(3600 / (LOOK_SECONDS * 30)) };
