// An ORU^R01 as the hospital of the demo sends it, and the lower layer protocol that carries it.
import { connect } from "node:net";

const stamp = (date) => {
  const local = new Date(date.getTime() + 8 * 3_600_000).toISOString();
  return `${local.slice(0, 19).replace(/[-:T]/g, "")}+0800`;
};

export function oru({ mrn, identity, name, birthDate, gender }, { code, text, value, unit, range, flag }) {
  const now = stamp(new Date());
  const control = `E2E${Date.now()}${Math.floor(Math.random() * 1000)}`;
  const ids = [`${mrn}^^^CJ01^MR`, ...(identity ? [`${identity}^^^&2.16.156.10011.1.3&ISO^NI`] : [])].join("~");
  const segments = [
    `MSH|^~\\&|SYNTHETIC-HIS|CJ01|MERIDIAN|CJ00|${now}||ORU^R01^ORU_R01|${control}|P|2.5|||||CHN|UNICODE UTF-8`,
    `PID|1||${ids}||${name.slice(0, 1)}^${name.slice(1)}^^^^^L||${birthDate.replaceAll("-", "")}|${gender === "female" ? "F" : "M"}`,
    `OBR|1||L${control}^LIS|${code}^${text}^LN|||${now}|||||||||||||||${now}||LAB|F`,
    `OBX|1|NM|${code}^${text}^LN||${value}|${unit}^${unit}^UCUM|${range}|${flag}|||F|||${now}`,
  ];
  return { control, text: `${segments.join("\r")}\r` };
}

/** Sends one framed message and gives back the acknowledgment. */
export function send({ host, port }, text) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(`\x0b${text}\x1c\r`));
    let answer = "";
    socket.setTimeout(10_000, () => socket.destroy(new Error("no acknowledgment within 10 s")));
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => {
      answer += chunk;
      if (!answer.includes("\x1c")) return;
      socket.end();
      resolve(answer.replace(/[\x0b\x1c]/g, "").trim());
    });
    socket.on("error", reject);
  });
}
