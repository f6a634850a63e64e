//! The one box. It says how it understands what is typed.

import { SearchOutlined } from "@ant-design/icons";
import { Input, type InputRef } from "antd";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { asked } from "./kind";
import css from "./search.module.css";

interface SearchBoxProps {
  value: string;
  onChange: (value: string) => void;
  onSubmit: () => void;
  ref?: Ref<InputRef>;
}

export function SearchBox({ value, onChange, onSubmit, ref }: SearchBoxProps) {
  const { t } = useTranslation();
  const question = asked(value);
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <Input
          ref={ref}
          size="large"
          type="text"
          autoFocus
          allowClear
          autoComplete="off"
          spellCheck={false}
          aria-label={t("search.label")}
          placeholder={t("search.placeholder")}
          prefix={<SearchOutlined />}
          suffix={question && <span className={css["kind"]}>{t(`search.kind.${question.kind}`)}</span>}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      </form>
    </search>
  );
}
