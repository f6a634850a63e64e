//! The terminology browser: what code systems, value sets and maps there are, their codes, and one code in full.

import { ArrowLeftOutlined } from "@ant-design/icons";
import { Button, type InputRef } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { useKeys } from "../../parts/keys/useKeys";
import { Empty } from "../../parts/states";
import { Page } from "../../workbench/operator/common/Page";
import { addressOf, split, titleOf } from "../common/canonicals";
import { Copy } from "../common/Copy";
import { useCanonicals } from "../common/useCanonicals";
import { ConceptPanel } from "./ConceptPanel";
import { Concepts } from "./Concepts";
import { MapTable } from "./MapTable";
import { Shelf } from "./Shelf";
import css from "./terms.module.css";
import { type Chosen, useChosen } from "./useChosen";

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
              <Head chosen={chosen} address={address} onBack={() => open(kind, undefined)} />
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

function Head({ chosen: { kind }, address, onBack }: { chosen: Chosen; address: string; onBack: () => void }) {
  const { t } = useTranslation();
  const { all } = useCanonicals(kind);
  const { url, version } = split(address);
  const one = all?.find((each) => addressOf(each) === address) ?? all?.find((each) => each.url === url);
  return (
    <header className={css["middleHead"]}>
      <Button size="small" type="text" icon={<ArrowLeftOutlined />} className={css["back"] ?? ""} aria-label={t("standards.terms.back")} onClick={onBack} />
      <div className={css["headWords"]}>
        <h2>{one ? titleOf(one) : url}</h2>
        <p className={css["lineUrl"]}>
          {url} {version ?? one?.version} {one?.publisher && `· ${one.publisher}`}
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
