// Plain FHIR for preparing a step, with the demo operator's token.
export function apiOf({ url, token }) {
  const call = async (path, init = {}) => {
    const response = await fetch(`${url}/fhir${path}`, {
      ...init,
      headers: { Authorization: `Bearer ${token}`, Accept: "application/fhir+json", "Content-Type": "application/fhir+json", ...init.headers },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${init.method ?? "GET"} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return text ? JSON.parse(text) : undefined;
  };
  return {
    get: (path) => call(`/${path}`),
    post: (path, body) => call(path, { method: "POST", body: JSON.stringify(body) }),
    batch: async (urls) => {
      const entry = urls.map((path) => ({ request: { method: "GET", url: path } }));
      return (await call("", { method: "POST", body: JSON.stringify({ resourceType: "Bundle", type: "batch", entry }) })).entry;
    },
  };
}
