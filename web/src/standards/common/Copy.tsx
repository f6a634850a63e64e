//! A button that puts a text into the clipboard, and says that it did.

import { CopyOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";

export function useCopy(): (text: string) => void {
  const { t } = useTranslation();
  const { message } = App.useApp();
  return (text) => {
    // A page that came without TLS from another machine has no clipboard.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    const written = clipboard ? clipboard.writeText(text) : Promise.reject(new Error("no clipboard"));
    void written.then(
      () => message.success(t("standards.copiedWhat", { what: text })),
      () => message.warning(t("standards.notCopied")),
    );
  };
}

export function Copy({ text, label }: { text: string; label: string }) {
  const copy = useCopy();
  return <Button size="small" type="text" icon={<CopyOutlined />} aria-label={label} data-tip={label} onClick={() => copy(text)} />;
}
