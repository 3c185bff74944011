// Requests to the API. All addresses are relative to the page.

export async function session() {
  const response = await send("api/session");
  return response.ok ? response.body : { mayControl: false, whyNot: response.text, actions: [] };
}

export function control(address, action, reason, session) {
  return send(`api/circuit/${action}?${address}`, { reason }, tokenOf(session));
}

export function preview(address, rule) {
  return send(`api/circuit/preview?${address}`, { rule });
}

export function fleetMembers(id) {
  return send(`api/fleet/members${id === undefined ? "" : `?id=${encodeURIComponent(id)}`}`);
}

export function fleetAudit() {
  return send("api/fleet/audit");
}

export function fleetPreview(order, session) {
  return send("api/fleet/preview", order, tokenOf(session));
}

export function fleetOrder(order, session) {
  return send("api/fleet/directives", order, tokenOf(session));
}

function tokenOf({ tokenHeader, token }) {
  return tokenHeader && token ? { [tokenHeader]: token } : {};
}

/** Sends a request. Returns its body, or a text for people. */
async function send(url, json, headers = {}) {
  try {
    const response = await fetch(url, {
      method: json ? "POST" : "GET",
      // A redirect leads to a form of login, which is no response of the API. With the header, ASP.NET Core's cookies do not redirect.
      redirect: "manual",
      headers: { "X-Requested-With": "XMLHttpRequest", ...(json ? { "Content-Type": "application/json" } : {}), ...headers },
      body: json ? JSON.stringify(json) : undefined,
    });
    const body = /json/.test(response.headers.get("Content-Type") ?? "") ? await response.json() : null;
    return { ok: response.ok && body !== null, status: response.status, body, text: response.ok ? "" : problemText(response.status, body) };
  } catch {
    return { ok: false, status: 0, body: null, text: "The server cannot be reached." };
  }
}

function problemText(status, body) {
  return (
    body?.detail ??
    (status === 0 || status === 401
      ? "You are not signed in. Reload the page."
      : status === 403
        ? "You do not have the right to do this."
        : `The server responded with ${status}.`)
  );
}
