// The least that a proxy can do: one origin, the request as it came.

export default {
  fetch(request, env) {
    const url = new URL(request.url);
    return fetch(`${env.ORIGIN}${url.pathname}${url.search}`, request);
  },
};
