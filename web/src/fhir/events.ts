//! Server-sent events of the record: what changed, as it changes. The browser reconnects by itself;
//! a second `hello` means that something may have been missed.

export interface Change {
  type: string;
  id: string;
  version: string;
  action: "create" | "update" | "delete";
  patient?: string;
}

export interface InboxChange {
  id: string;
  state: string;
}

export type LiveState = "connecting" | "live" | "broken";

export interface Listener {
  change?: (change: Change) => void;
  inbox?: (change: InboxChange) => void;
  outbox?: (change: InboxChange) => void;
  /** The stream is back after a break: read again what it covers. */
  resumed?: () => void;
  state?: (state: LiveState) => void;
}

/** Listens to one resident (`Patient/1`), or to everything that the caller may hear. */
export function listen(patient: string | undefined, to: Listener): () => void {
  const query = patient ? `?patient=${encodeURIComponent(patient)}` : "";
  let source: EventSource | undefined;
  let greeted = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  const open = () => {
    source = new EventSource(`/fhir/$events${query}`);
    source.addEventListener("hello", () => {
      if (greeted) to.resumed?.();
      greeted = true;
      to.state?.("live");
    });
    // The server could not keep up with us: what it left out is read again.
    source.addEventListener("lagged", () => to.resumed?.());
    source.addEventListener("change", (event) => to.change?.(JSON.parse(event.data as string) as Change));
    source.addEventListener("inbox", (event) => to.inbox?.(JSON.parse(event.data as string) as InboxChange));
    source.addEventListener("outbox", (event) => to.outbox?.(JSON.parse(event.data as string) as InboxChange));
    source.onerror = () => {
      to.state?.("broken");
      // A refused or closed stream is not retried by the browser: try again ourselves, quietly.
      if (source?.readyState === EventSource.CLOSED && !closed) retry = setTimeout(open, 5000);
    };
  };

  to.state?.("connecting");
  open();
  return () => {
    closed = true;
    clearTimeout(retry);
    source?.close();
  };
}
