//! The resource types: which interactions each has, and for one of them its parameters, operations and profiles.

import { SearchOutlined } from "@ant-design/icons";
import { Drawer, Input, type InputRef } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "../../parts/states";
import { useUrlParam } from "../../parts/url";
import { Part } from "../../workbench/operator/common/Page";
import table from "../../workbench/operator/common/table.module.css";
import { useRowKeys } from "../../workbench/operator/common/useRowKeys";
import { useTyped } from "../common/useTyped";
import { type Capability, INTERACTIONS, narrowed, type Operation, type SearchParam, typeNamed, type TypeOf, typesOf } from "./capability";
import css from "./conformance.module.css";

export function Types({ capability }: { capability: Capability }) {
  const { t } = useTranslation();
  const [typed, setTyped, settled] = useTyped("q");
  const [chosen, choose] = useUrlParam("type");
  const box = useRef<InputRef>(null);
  const all = typesOf(capability);
  const found = narrowed(all, settled);
  const { here, body } = useRowKeys(
    found.length,
    (at) => choose(found[at]?.type),
    () => box.current?.focus(),
  );
  const one = chosen ? typeNamed(capability, chosen) : undefined;
  return (
    <Part
      title={t("standards.conformance.types")}
      extra={
        <>
          {t("standards.conformance.nTypes", { n: found.length })}
          <Input
            ref={box}
            allowClear
            size="small"
            prefix={<SearchOutlined />}
            aria-label={t("standards.conformance.findType")}
            placeholder={t("standards.conformance.findType")}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </>
      }
    >
      {found.length === 0 ? (
        <Empty title={t("standards.conformance.noType")} help={t("standards.conformance.noTypeHelp")} />
      ) : (
        <div className={css["types"]} tabIndex={0} role="group" aria-label={t("standards.conformance.types")}>
          <table className={css["matrix"]}>
            <thead>
              <tr>
                <th scope="col">{t("standards.conformance.type")}</th>
                {INTERACTIONS.map((name) => (
                  <th key={name} scope="col" className={css["cell"]}>
                    {t(`standards.conformance.interactions.${name}`)}
                  </th>
                ))}
                <th scope="col" className="num">
                  {t("standards.conformance.params")}
                </th>
                <th scope="col">{t("standards.conformance.operations")}</th>
              </tr>
            </thead>
            <tbody ref={body}>
              {found.map((type, at) => (
                <TypeRow key={type.type} type={type} here={at === here} chosen={type.type === chosen} onOpen={() => choose(type.type)} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Drawer open={one !== undefined} onClose={() => choose(undefined)} size={640} title={chosen} destroyOnHidden>
        {one && <Detail type={one} />}
      </Drawer>
    </Part>
  );
}

function TypeRow({ type: { type = "", interaction, searchParam, operation }, here, chosen, onOpen }: { type: TypeOf; here: boolean; chosen: boolean; onOpen: () => void }) {
  const { t } = useTranslation();
  const has = new Set((interaction ?? []).map(({ code }) => code));
  return (
    <tr data-here={here} data-chosen={chosen} data-type={type} onClick={onOpen}>
      <th scope="row">
        <button type="button" className="plain">
          {type}
        </button>
      </th>
      {INTERACTIONS.map((name) => (
        <td key={name} className={css["cell"]} data-has={has.has(name)}>
          <span aria-hidden="true">{has.has(name) ? "✓" : "–"}</span>
          <span className="offscreen">{t(has.has(name) ? "standards.conformance.yes" : "standards.conformance.no")}</span>
        </td>
      ))}
      <td className="num">{searchParam?.length ?? 0}</td>
      <td className={css["names"]}>{(operation ?? []).map(({ name }) => `$${name ?? ""}`).join(" ")}</td>
    </tr>
  );
}

function Detail({ type }: { type: TypeOf }) {
  const { t } = useTranslation();
  const profiles = [...(type.supportedProfile ?? []), ...(type.profile ? [type.profile] : [])];
  return (
    <div className={css["detail"]}>
      <h3>{t("standards.conformance.profiles")}</h3>
      <ul className={css["list"]}>
        {profiles.map((url) => (
          <li key={url}>
            <code>{url}</code>
          </li>
        ))}
      </ul>
      <h3>{t("standards.conformance.operations")}</h3>
      <Operations operations={type.operation ?? []} />
      <h3>{t("standards.conformance.params")}</h3>
      <Params params={type.searchParam ?? []} />
      {(type.searchInclude ?? []).length > 0 && (
        <>
          <h3>_include</h3>
          <p className={css["names"]}>{type.searchInclude?.join("  ")}</p>
        </>
      )}
    </div>
  );
}

export function Operations({ operations }: { operations: readonly Operation[] }) {
  const { t } = useTranslation();
  if (operations.length === 0) return <p className="meta">{t("standards.conformance.noOperation")}</p>;
  return (
    <dl className={css["facts"]}>
      {operations.map(({ name, documentation }) => (
        <div key={name}>
          <dt>
            <code>${name}</code>
          </dt>
          <dd>{documentation}</dd>
        </div>
      ))}
    </dl>
  );
}

function Params({ params }: { params: readonly SearchParam[] }) {
  const { t } = useTranslation();
  return (
    <table className={table["table"]}>
      <thead>
        <tr>
          <th scope="col">{t("standards.conformance.param")}</th>
          <th scope="col">{t("standards.conformance.kind")}</th>
          <th scope="col">{t("standards.conformance.says")}</th>
        </tr>
      </thead>
      <tbody>
        {params.map(({ name, type, documentation }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td data-label={t("standards.conformance.kind")}>{type}</td>
            <td data-label={t("standards.conformance.says")}>{documentation}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
