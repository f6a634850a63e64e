//! What is said where codes cannot be shown: that they are not here, with the server's own sentence, or what went wrong.

import { FhirError } from "../../fhir/errors";
import { Empty, Failure } from "../../parts/states";

interface AbsentProps {
  cause: unknown;
  title: string;
  /** What may be the reason, and what to do. */
  help: string;
  /** Where the title says all that the server says. */
  quiet?: boolean;
  retry: () => void;
  big?: boolean;
}

export function Absent({ cause, title, help, quiet = false, retry, big = false }: AbsentProps) {
  if (!(cause instanceof FhirError) || cause.trouble !== "missing") return <Failure cause={cause} retry={retry} big={big} />;
  return (
    <Empty title={title} help={help} big={big}>
      <p className={quiet ? "offscreen" : "meta"} role="alert">
        {cause.message}
      </p>
    </Empty>
  );
}
