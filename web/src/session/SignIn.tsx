//! The sign-in page: two fields, clear about what is wrong and what to do.

import { Alert, Button, Input } from "antd";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Mark } from "../parts/Mark";
import { LanguageButton } from "../shell/LanguageButton";
import type { User } from "./session";
import css from "./signin.module.css";
import { useSignIn } from "./useSignIn";

export function SignIn({ onSigned }: { onSigned: (user: User) => void }) {
  const { t } = useTranslation();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [touched, setTouched] = useState(false);
  const { submit, busy, problem } = useSignIn(onSigned);

  const send = (event: FormEvent) => {
    event.preventDefault();
    setTouched(true);
    if (username.trim() && password && !problem?.wait) void submit(username.trim(), password);
  };
  const noName = touched && !username.trim();
  const noPassword = touched && !password;

  return (
    <div className={css["page"]}>
      <header className={css["top"]}>
        <LanguageButton />
      </header>
      <main className={css["middle"]}>
        <form className={css["panel"]} onSubmit={send} noValidate aria-label={t("signin.title")}>
          <div className={css["brand"]}>
            <Mark size={40} />
            <div>
              <h1>{t("common.product")}</h1>
              <p className={css["sub"]}>{t("common.productFull")}</p>
            </div>
          </div>
          <p className={css["tagline"]}>{t("signin.tagline")}</p>
          {problem && (
            <div className={css["alert"]} role="alert">
              <Alert type={problem.wait ? "warning" : "error"} showIcon title={problem.title} description={problem.help} />
            </div>
          )}
          <div className={css["field"]}>
            <label htmlFor="username">{t("signin.username")}</label>
            <Input
              id="username"
              size="large"
              autoComplete="username"
              autoCapitalize="none"
              autoFocus
              value={username}
              status={noName ? "error" : ""}
              aria-invalid={noName}
              aria-describedby="username-wrong"
              onChange={(event) => setUsername(event.target.value)}
            />
            <p id="username-wrong" className={css["wrong"]} hidden={!noName}>
              {t("signin.needUsername")}
            </p>
          </div>
          <div className={css["field"]}>
            <label htmlFor="password">{t("signin.password")}</label>
            <Input.Password
              id="password"
              size="large"
              autoComplete="current-password"
              value={password}
              status={noPassword ? "error" : ""}
              aria-invalid={noPassword}
              aria-describedby="password-wrong"
              onChange={(event) => setPassword(event.target.value)}
            />
            <p id="password-wrong" className={css["wrong"]} hidden={!noPassword}>
              {t("signin.needPassword")}
            </p>
          </div>
          <Button type="primary" size="large" htmlType="submit" block loading={busy} disabled={Boolean(problem?.wait)}>
            {busy ? t("signin.submitting") : t("signin.submit")}
          </Button>
        </form>
      </main>
      <footer className={css["foot"]}>
        <p className="meta">{t("signin.notice")}</p>
      </footer>
    </div>
  );
}
