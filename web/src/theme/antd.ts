//! Ant Design's tokens, set once from the house palette.

import type { ThemeConfig } from "antd";
import { baseSize } from "./apply";
import type { Palette } from "./palette";

export const FONT =
  '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", system-ui, -apple-system, "Segoe UI", sans-serif';

export function antdTheme(palette: Palette, large: boolean, still: boolean): ThemeConfig {
  const size = baseSize(large);
  return {
    token: {
      colorPrimary: palette.action,
      // Words on a button that the pointer is over stay readable (4.5:1).
      colorPrimaryHover: palette.actionHover,
      colorLink: palette.action,
      colorLinkHover: palette.actionHover,
      colorLinkActive: palette.actionHover,
      colorInfo: palette.low,
      colorSuccess: palette.done,
      colorWarning: palette.warning,
      colorError: palette.danger,
      colorText: palette.ink,
      colorTextSecondary: palette.inkSoft,
      colorTextTertiary: palette.inkFaint,
      colorTextDescription: palette.inkFaint,
      colorTextPlaceholder: palette.inkFaint,
      colorBorder: palette.lineStrong,
      colorBorderSecondary: palette.line,
      colorBgLayout: palette.ground,
      colorBgContainer: palette.surface,
      fontFamily: FONT,
      fontSize: size,
      controlHeight: Math.round(size * 2.3),
      borderRadius: 4,
      motion: !still,
      motionDurationFast: "0.08s",
      motionDurationMid: "0.12s",
      motionDurationSlow: "0.15s",
      wireframe: false,
    },
    components: {
      Drawer: { paddingLG: 20 },
      Segmented: { trackBg: palette.line, itemColor: palette.inkSoft },
      Tooltip: { colorBgSpotlight: palette.ink },
    },
  };
}
