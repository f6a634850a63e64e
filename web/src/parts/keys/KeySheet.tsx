//! `?`: all keys on one sheet.

import { Modal } from "antd";
import { useTranslation } from "react-i18next";
import css from "./keys.module.css";
import { GROUPS, KEYS } from "./table";

export function KeySheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open onCancel={onClose} footer={null} width={640} title={t("keys.title")}>
      <div className={css["sheet"]}>
        {GROUPS.map((group) => (
          <section key={group} className={css["group"]}>
            <h3 className={css["head"]}>{t(`keys.groups.${group}`)}</h3>
            <dl>
              {KEYS.filter((one) => one.group === group).map(({ keys, word }) => (
                <div key={keys} className={css["line"]}>
                  <dt>
                    {keys.split(" ").map((key) => (
                      <kbd key={key} className={css["key"]}>
                        {key}
                      </kbd>
                    ))}
                  </dt>
                  <dd>{t(`keys.words.${word}`)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
