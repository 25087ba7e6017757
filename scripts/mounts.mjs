// The mounts of a configuration, as far as they can be read; what is wrong with them is the Worker's to tell.

/** @param {Record<string, string>} vars the configuration, as the Worker sees it */
export function mountsOf({ MOUNTS, ORIGIN }) {
  return entriesOf(MOUNTS).map(({ path = '/mcp', origin, auth = 'owner', transport = 'http' }) => ({
    path: String(path).replace(/\/$/, ''),
    origin: origin ?? ORIGIN,
    where: origin === undefined ? '--origin' : 'MOUNTS',
    auth,
    transport,
  }));
}

/** What the assertions to each home server say of where they are from and for, which it compares; one line each. */
export function assertionLines(vars, issuer = '<the address of the Worker>') {
  if (vars.ASSERTION === 'off') return [];
  const asserted = mountsOf(vars).filter(({ auth, origin }) => auth !== 'open' && URL.canParse(origin));
  return asserted.map(({ path, origin }) => `  ${path}  assertions say iss ${issuer} and aud ${audienceOf(origin, path)}`);
}

/** As the Worker spells it: with the mount's path where the origin has none. */
function audienceOf(origin, path) {
  const url = new URL(origin);
  if (url.pathname === '/') url.pathname = path;
  return url.href;
}

function entriesOf(mounts) {
  try {
    const entries = JSON.parse(mounts);
    return Array.isArray(entries) && entries.length > 0 ? entries.map((entry) => entry ?? {}) : [{}];
  } catch {
    return [{}];
  }
}
