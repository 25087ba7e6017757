// The least that a Worker in front of a server can do: what everything else is compared with.
export default {
  fetch(request, env) {
    return fetch(new Request(env.ORIGIN, request));
  },
};
