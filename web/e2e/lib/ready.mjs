// Where the server is and who may sign in.
import { readFileSync } from "node:fs";

export function ready() {
  const path = process.env.MERIDIAN_READY;
  if (!path) throw new Error("MERIDIAN_READY must name the file that `meridian demo --ready-file` writes");
  const told = JSON.parse(readFileSync(path, "utf8"));
  const url = (process.env.MERIDIAN_URL ?? told.http).replace(/\/$/, "");
  const user = (role) => {
    const found = told.users.find((one) => one.role === role);
    if (!found) throw new Error(`the demo has no ${role}`);
    return found;
  };
  const [host, port] = told.mllp.split(":");
  return { url, user, token: told.token, mllp: { host: host === "0.0.0.0" ? "127.0.0.1" : host, port: Number(port) } };
}
