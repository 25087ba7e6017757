/** The same edge for a client that looks for its endpoints below a path: `/oauth`, or a mount. */
export function below(edge, path) {
  return Object.assign(Object.create(edge), { url: edge.url + path });
}
