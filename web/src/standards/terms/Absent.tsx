//! What is said where codes cannot be shown: that they are not here, with the server's own sentence, or what went wrong.

import { useTranslation } from "react-i18next";
import { FhirError } from "../../fhir/errors";
import { Empty, Failure } from "../../parts/states";

interface AbsentProps {
  cause: unknown;
  title: string;
  retry: () => void;
  big?: boolean;
}

export function Absent({ cause, title, retry, big = false }: AbsentProps) {
  const { t } = useTranslation();
  if (!(cause instanceof FhirError) || cause.trouble !== "missing") return <Failure cause={cause} retry={retry} big={big} />;
  return (
    <Empty title={title} help={t("standards.terms.absentHelp")} big={big}>
      <p className="meta" role="alert">
        {cause.message}
      </p>
    </Empty>
  );
}
