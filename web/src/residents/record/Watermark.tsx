//! The reader's name and the time, faint over the record, so that a photograph of the screen knows its origin.

import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../session/session";
import { when } from "../../words/when";
import css from "./record.module.css";

const WIDTH = 320;
const HEIGHT = 200;

export function Watermark() {
  const { t } = useTranslation();
  const { user } = useSession();
  const box = useRef<HTMLDivElement>(null);
  const words = t("record.view.watermarkOf", { name: `${user.display} ${user.username}`, time: when(new Date().toISOString()) });

  useEffect(() => {
    const draw = () => {
      const canvas = document.createElement("canvas");
      canvas.width = WIDTH;
      canvas.height = HEIGHT;
      const pen = canvas.getContext("2d");
      if (!pen || !box.current) return;
      const style = getComputedStyle(document.body);
      pen.font = `14px ${style.fontFamily}`;
      pen.fillStyle = style.color;
      pen.translate(WIDTH / 2, HEIGHT / 2);
      pen.rotate(-0.35);
      pen.textAlign = "center";
      pen.fillText(words, 0, 0);
      box.current.style.backgroundImage = `url(${canvas.toDataURL()})`;
    };
    // After the record itself: nobody waits for it. The time of opening stays and need not follow the clock.
    const timer = setTimeout(draw, 200);
    return () => clearTimeout(timer);
  }, [user.username]);

  return <div ref={box} className={css["watermark"]} aria-hidden="true" />;
}
