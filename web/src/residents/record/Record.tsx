//! The 360 view: everything that the region knows of one resident.

import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, useLocation, useParams } from "react-router";
import { Failure, Skeleton } from "../../parts/states";
import { useUrlParam } from "../../parts/url";
import { keepView, openResident } from "../../shell/opened";
import { becameOf, nameOf } from "../../words/patient";
import { Banner } from "../banner/Banner";
import { DocumentDrawer } from "../documents/DocumentDrawer";
import { ArrivalsContext } from "../live/marks";
import { useLive } from "../live/useLive";
import { Sheet } from "../print/Sheet";
import { ResourceDrawer } from "../resource/ResourceDrawer";
import { Timeline } from "../timeline/Timeline";
import { TrendDrawer } from "../trend/TrendDrawer";
import { VisitPage } from "../visit/VisitPage";
import { Centre } from "./Centre";
import { Jump } from "./Jump";
import { Rail } from "./Rail";
import css from "./record.module.css";
import { isGolden, usePerson, usePersonOf } from "./usePerson";
import { useRecordKeys } from "./useRecordKeys";
import { ResidentId } from "./useSection";
import { Watermark } from "./Watermark";

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const VISIT = /^Encounter\/[A-Za-z0-9\-.]{1,64}$/;

export default function Record() {
  const { id = "" } = useParams();
  if (!ID.test(id)) return <Navigate to="/residents" replace />;
  // A new resident is a new page: nothing of the one before may stay on the screen.
  return (
    <ResidentId key={id} value={id}>
      <RecordPage id={id} />
    </ResidentId>
  );
}

function RecordPage({ id }: { id: string }) {
  const { t } = useTranslation();
  const arrivals = useLive(id);
  const { data: person, error, refetch } = usePerson(id);
  const { data: personId } = usePersonOf(person);
  const [visit] = useUrlParam("visit");
  const { search } = useLocation();
  useRecordKeys();

  useEffect(() => {
    // A registration gets no tab of its own: it leads to its person, unless it is known to stand alone.
    if (!person || becameOf(person) || (!isGolden(person) && personId !== null)) return;
    openResident({ id, name: nameOf(person), gender: person.gender, birthDate: person.birthDate, died: person.deceasedDateTime?.slice(0, 10) });
  }, [id, person, personId]);
  useEffect(() => keepView(id, search), [id, search, person]);

  const became = person && becameOf(person);
  if (became) return <Navigate to={`/residents/${became}`} replace />;
  if (personId) return <Navigate to={`/residents/${personId}`} replace />;
  if (error && !person) return <Failure cause={error} retry={() => void refetch()} big />;
  return (
    <ArrivalsContext value={arrivals}>
      <div className={css["record"]}>
        {person ? <Banner person={person} /> : <div className={css["bannerBones"]}><Skeleton lines={2} /></div>}
        <div className={css["columns"]}>
          <div className={css["time"]} data-column="time">
            <Timeline />
          </div>
          <div className={css["centre"]} role="region" aria-label={person ? nameOf(person) : t("common.loading")} tabIndex={0}>
            {visit && VISIT.test(visit) ? <VisitPage visit={visit} /> : <Centre person={person} />}
          </div>
          <Rail person={person} />
        </div>
        {!visit && <Jump />}
        <Watermark />
        {person && <Sheet person={person} />}
      </div>
      <TrendDrawer />
      <DocumentDrawer />
      <ResourceDrawer />
    </ArrivalsContext>
  );
}
