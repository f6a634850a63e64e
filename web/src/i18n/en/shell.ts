import type { shell as zh } from "../zh/shell";

export const shell: typeof zh = {
  skip: "Skip to the main content",
  menu: "Menu",
  collapse: "Collapse the menu",
  expand: "Expand the menu",
  tabs: "Open residents",
  closeTab: "Close {{name}}",
  rail: "Side rail",
  nav: { care: "Care", start: "Start", residents: "Residents", feeds: "Feeds", inbox: "Inbox", reviews: "Persons", jobs: "Jobs", store: "Store", audit: "Audit", terms: "Terms", validate: "Validate", conformance: "Standards", run: "Operations", standards: "Standards", learn: "Learn", tour: "Tour" },
  person: "Your menu",
  large: "Large type",
  contrast: "High contrast",
  language: "Language",
  switchLanguage: "切换到中文",
  otherLanguage: "中文",
  signOut: "Sign out",
  palette: {
    open: "Find residents, pages, actions",
    placeholder: "Name, pinyin initials, identity number, phone; or a page, an action",
    residents: "Residents",
    pages: "Pages",
    actions: "Actions",
    none: "Nothing matches",
    hint: "↑↓ choose · Enter open · Esc close",
    fullSearch: "All residents matching “{{q}}”",
  },
};
