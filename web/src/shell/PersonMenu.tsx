//! The person: who and where, how they like to read, and the way out.

import { CheckOutlined, UserOutlined } from "@ant-design/icons";
import { Dropdown, type MenuProps } from "antd";
import { useTranslation } from "react-i18next";
import { useSession } from "../session/session";
import { setPrefs, usePrefs } from "./prefs";
import css from "./topbar.module.css";

export function PersonMenu() {
  const { t } = useTranslation();
  const { user, signOut } = useSession();
  const { large, contrast } = usePrefs();
  const tick = (on: boolean) => <CheckOutlined style={{ visibility: on ? "visible" : "hidden" }} />;

  const items: MenuProps["items"] = [
    {
      key: "who",
      type: "group",
      label: `${user.display} · ${t(`common.role.${user.role}`)} · ${user.institution.name}`,
    },
    { type: "divider" },
    { key: "large", icon: tick(large), label: t("shell.large"), onClick: () => setPrefs({ large: !large }) },
    { key: "contrast", icon: tick(contrast), label: t("shell.contrast"), onClick: () => setPrefs({ contrast: !contrast }) },
    { type: "divider" },
    { key: "out", label: t("shell.signOut"), onClick: () => void signOut() },
  ];

  return (
    <Dropdown menu={{ items, selectable: false }} trigger={["click"]} placement="bottomRight">
      <button type="button" className={css["person"]} aria-haspopup="menu">
        <UserOutlined />
        <span className="offscreen">{t("shell.person")}</span>
        <span className={css["personName"]}>{user.display}</span>
        <span className={css["role"]}>{t(`common.role.${user.role}`)}</span>
      </button>
    </Dropdown>
  );
}
