//! The terminology browser: what code systems, value sets and maps there are, their codes, and one code in full.

import { ArrowLeftOutlined } from "@ant-design/icons";
import { Button, type InputRef } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useKeys } from "../../parts/keys/useKeys";
import { Empty } from "../../parts/states";
import { Page } from "../../workbench/operator/common/Page";
import { type Kind, split, titleOf } from "../common/canonicals";
import { Copy } from "../common/Copy";
import { ConceptPanel } from "./ConceptPanel";
import { Concepts } from "./Concepts";
import { MapTable } from "./MapTable";
import { Shelf } from "./Shelf";
import css from "./terms.module.css";
import { useChosen } from "./useChosen";
import { useListed } from "./useListed";

export default function Terms() {
  const { t } = useTranslation();
  const { chosen, open, choose, goTo, close } = useChosen();
  const { kind, address, system, code, version } = chosen;
  const list = useRef<InputRef>(null);
  const quick = useRef<InputRef>(null);
  useKeys({ "/": () => (quick.current ?? list.current)?.focus(), "g s": () => list.current?.focus() });
  return (
    <Page title={t("standards.terms.title")} help={t("standards.terms.help")} whole>
      <div className={css["desk"]} data-open={address !== undefined} data-concept={code !== undefined}>
        <Shelf kind={kind} address={address} onOpen={open} box={list} />
        <section className={css["middle"]} aria-label={t("standards.terms.codes")}>
          {address === undefined ? (
            <Empty big title={t("standards.terms.begin")} help={t("standards.terms.beginHelp")} />
          ) : (
            <>
              <Head kind={kind} address={address} onBack={() => open(kind, undefined)} />
              {kind === "ConceptMap" ? (
                <MapTable key={address} address={address} chosen={chosen} onChoose={choose} box={quick} />
              ) : (
                <Concepts key={`${kind} ${address}`} kind={kind} address={address} chosen={chosen} onChoose={choose} box={quick} />
              )}
            </>
          )}
        </section>
        {code !== undefined && system !== undefined && (
          <ConceptPanel key={`${system} ${code}`} system={system} code={code} version={version} onGo={goTo} onOpen={open} onClose={close} />
        )}
      </div>
    </Page>
  );
}

function Head({ kind, address, onBack }: { kind: Kind; address: string; onBack: () => void }) {
  const { t } = useTranslation();
  const { one, lacks } = useListed(kind, address);
  const { url, version } = split(address);
  return (
    <header className={css["middleHead"]}>
      <Button size="small" type="text" icon={<ArrowLeftOutlined />} className={css["back"] ?? ""} aria-label={t("standards.terms.back")} onClick={onBack} />
      <div className={css["headWords"]}>
        {/* An address that nothing stands behind is no title. */}
        <h2 data-unknown={lacks === "resource"}>{one ? titleOf(one) : lacks ? t("standards.terms.notListed") : url}</h2>
        <p className={css["fullUrl"]}>
          {[url, version ?? one?.version, one?.publisher].filter(Boolean).join(" · ")}
        </p>
        {one?.description && (
          <p className={css["about"]} data-tip={one.description}>
            {one.description}
          </p>
        )}
      </div>
      <Copy text={url} label={t("standards.terms.copyUrl")} />
    </header>
  );
}
