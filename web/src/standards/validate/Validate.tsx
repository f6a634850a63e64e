//! The validator: a resource as text at the left, what is wrong with it at the right. What is pasted here goes to
//! `$validate` and nowhere else: it is not stored, neither by the server nor in the address.

import { CheckCircleOutlined, ExclamationCircleOutlined, UploadOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { prettyJson } from "../../fhir/pretty";
import { useKeys } from "../../parts/keys/useKeys";
import { moveRow } from "../../parts/keys/rows";
import { Empty, Failure } from "../../parts/states";
import { useUrlParam, useUrlParams } from "../../parts/url";
import { Page } from "../../workbench/operator/common/Page";
import { offers, speaks } from "../conformance/capability";
import { useCapability } from "../conformance/useCapability";
import { Editor, type EditorHandle } from "./Editor";
import { byLine, draftOf, SEVERITIES, tally } from "./faults";
import { Faults } from "./Faults";
import { Profiles } from "./Profiles";
import { SAMPLES, type Sample, sampleText } from "./samples";
import { type Checked, useValidation } from "./useValidation";
import css from "./validate.module.css";

/** What the server takes in one call. */
const MOST_BYTES = 1 << 20;

function isSample(name: string | undefined): name is Sample {
  return SAMPLES.some((one) => one === name);
}

export default function Validate() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const set = useUrlParams();
  const [given] = useUrlParam("profile");
  const [sample, setSample] = useUrlParam("sample");
  const profiles = useMemo(() => (given ? given.split(" ").filter(Boolean) : []), [given]);
  const [text, setText] = useState(() => (isSample(sample) ? sampleText(sample) : ""));
  const draft = useMemo(() => draftOf(text), [text]);
  const calm = useDeferredValue(draft);
  const editor = useRef<EditorHandle>(null);
  const input = useRef<HTMLInputElement>(null);
  const run = useValidation();
  const [here, setHere] = useState<number>();
  const { data: capability } = useCapability();
  const takesXml = capability !== undefined && speaks(capability, "xml");

  const checked = run.data;
  const faults = checked?.faults ?? [];
  const stale = checked !== undefined && checked.text !== text;
  const marks = useMemo(() => (stale ? new Map() : byLine(checked?.faults ?? [])), [checked, stale]);

  const put = (next: string, from?: Sample) => {
    setText(next);
    setHere(undefined);
    run.reset();
    set({ sample: from });
  };
  // A sample that the address names, also after going back to it.
  useEffect(() => {
    if (isSample(sample)) setText(sampleText(sample));
  }, [sample]);

  const readable = draft.wrong === undefined && draft.type !== undefined;
  const offered = !capability || draft.type === undefined || offers(capability, draft.type, "validate");
  const refusesXml = draft.format === "xml" && !takesXml;
  const send = () => {
    if (text.trim() === "" || refusesXml || run.isPending) return;
    setHere(undefined);
    if (readable && offered) run.mutate({ text, draft, profiles });
  };
  const file = async (one: File) => {
    if (one.size > MOST_BYTES) {
      message.warning(t("standards.validate.tooLarge"));
      return;
    }
    put(await one.text());
  };
  const show = (at: number, edit: boolean) => {
    const fault = faults[at];
    setHere(at);
    if (fault?.line === undefined) return;
    editor.current?.show(fault.line, edit && !stale ? fault.span : undefined);
  };
  useKeys({ "/": () => editor.current?.focus(), j: () => moveRow(1, "faults"), k: () => moveRow(-1, "faults"), v: send });

  return (
    <Page title={t("standards.validate.title")} help={t("standards.validate.help")} whole>
      <div className={css["tools"]} role="group" aria-label={t("standards.validate.title")}>
        <Button type="primary" size="small" loading={run.isPending} disabled={!readable || refusesXml || !offered} onClick={send}>
          {t("standards.validate.run")}
        </Button>
        <Button size="small" icon={<UploadOutlined />} onClick={() => input.current?.click()}>
          {t("standards.validate.upload")}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          accept=".json,.xml,application/json,application/fhir+json,application/fhir+xml"
          aria-label={t("standards.validate.upload")}
          onChange={(event) => {
            const [one] = event.target.files ?? [];
            // The same file may be chosen again after it was mended.
            event.target.value = "";
            if (one) void file(one);
          }}
        />
        {SAMPLES.map((one) => (
          <Button key={one} size="small" onClick={() => put(sampleText(one), one)}>
            {t(`standards.validate.samples.${one}`)}
          </Button>
        ))}
        {draft.format === "json" && readable && (
          <Button size="small" onClick={() => put(prettyJson(text), isSample(sample) ? sample : undefined)}>
            {t("standards.validate.indent")}
          </Button>
        )}
        <Profiles type={draft.type} value={profiles} onChange={(next) => set({ profile: next.join(" ") || undefined })} />
      </div>
      <div className={css["desk"]}>
        <section className={css["side"]} aria-label={t("standards.validate.text")}>
          <header className={css["sideHead"]}>
            <h2>{draft.type ?? t("standards.validate.text")}</h2>
            {isSample(sample) && <span className={css["tag"]}>{t("standards.validate.synthetic")}</span>}
            <span className="meta">{draft.profiles.length > 0 && t("standards.validate.own", { profiles: draft.profiles.join(" ") })}</span>
          </header>
          <Editor
            ref={editor}
            value={text}
            lines={calm.lines}
            marks={marks}
            line={here === undefined ? undefined : faults[here]?.line}
            onChange={(next) => {
              setText(next);
              // From here on it is no sample any more, and going back must not put the sample over it.
              if (sample) setSample(undefined);
            }}
            onSend={send}
            onFile={(one) => void file(one)}
            onMark={(line) => show(faults.findIndex((fault) => fault.line === line), true)}
          />
        </section>
        <section className={css["side"]} id="faults" aria-label={t("standards.validate.result")}>
          {text.trim() === "" ? (
            <Empty big title={t("standards.validate.begin")} help={t(takesXml ? "standards.validate.beginXml" : "standards.validate.beginJson")} />
          ) : draft.wrong ? (
            <Wrong fault={draft.wrong.fault} line={draft.lines.lineAt(draft.wrong.at)} onShow={(line) => editor.current?.show(line, { start: draft.wrong?.at ?? 0, end: (draft.wrong?.at ?? 0) + 1 })} />
          ) : refusesXml ? (
            <Empty big title={t("standards.validate.noXml")} help={t("standards.validate.noXmlHelp")} />
          ) : !offered ? (
            <Empty big title={t("standards.validate.notOffered", { type: draft.type ?? "" })} help={t("standards.validate.notOfferedHelp")} />
          ) : run.error ? (
            <Failure cause={run.error} retry={send} big />
          ) : !checked ? (
            <Empty big title={t(run.isPending ? "standards.validate.running" : "standards.validate.ready")} help={t("standards.validate.readyHelp")} />
          ) : (
            <>
              <Verdict checked={checked} stale={stale} />
              <Faults faults={faults} stale={stale} here={here} onShow={show} />
            </>
          )}
        </section>
      </div>
    </Page>
  );
}

type Wrongs = NonNullable<ReturnType<typeof draftOf>["wrong"]>["fault"];

/** The text is no resource yet; the server need not be asked. */
function Wrong({ fault, line, onShow }: { fault: Wrongs; line: number; onShow: (line: number) => void }) {
  const { t } = useTranslation();
  return (
    <Empty big title={t(`standards.validate.wrong.${fault}`)} help={t("standards.validate.wrongHelp")}>
      <Button size="small" onClick={() => onShow(line)}>
        {t("standards.validate.goLine", { n: line })}
      </Button>
    </Empty>
  );
}

function Verdict({ checked: { faults, ms }, stale }: { checked: Checked; stale: boolean }) {
  const { t } = useTranslation();
  const counts = tally(faults);
  const errors = counts.fatal + counts.error;
  return (
    <header className={css["verdict"]} data-well={errors === 0} role="status" aria-label={t("standards.validate.result")}>
      <p className={css["word"]}>
        {errors === 0 ? <CheckCircleOutlined /> : <ExclamationCircleOutlined />} {errors === 0 ? t("standards.validate.valid") : t("standards.validate.notValid", { n: errors })}
      </p>
      <p className={css["counts"]}>
        {SEVERITIES.filter((one) => counts[one] > 0).map((one) => (
          <span key={one} data-severity={one}>
            {t(`standards.validate.severity.${one}`)} {counts[one]}
          </span>
        ))}
        <span className="meta">{t("standards.validate.took", { ms: Math.round(ms) })}</span>
      </p>
      {stale && <p className={css["stale"]}>{t("standards.validate.stale")}</p>}
    </header>
  );
}
