import type { AnnotationQuery, Dashboard } from '@grafana/schema';
import type { Options as PieChart } from '@grafana/schema/dist/esm/raw/composable/piechart/panelcfg/x/PieChartPanelCfg_types.gen';
import type { Options as StateTimeline } from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type { Options as Stat } from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type { Options as TimeSeries } from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

/** A type as JSON has it: the members of an enumeration are their values. */
export type Plain<T> = unknown extends T
  ? T
  : T extends string
    ? `${T}`
    : T extends number
      ? `${T}` extends `${infer N extends number}`
        ? N
        : T
      : T extends boolean | null | undefined
        ? T
        : T extends readonly (infer U)[]
          ? Plain<U>[]
          : T extends object
            ? { [K in keyof T]: Plain<T[K]> }
            : T;

/** What the data source for Prometheus reads in an annotation; up to Grafana 10 the query is here, later in the target. */
type PrometheusAnnotation = {
  expr?: string;
  step?: string;
  titleFormat?: string;
  textFormat?: string;
  tagKeys?: string;
  target?: { expr: string; interval: string; refId: string };
};

export type PlainDashboard = Plain<Omit<Dashboard, 'annotations'>> & {
  annotations?: { list?: (Plain<Omit<AnnotationQuery, 'target'>> & PrometheusAnnotation)[] };
};

export type PanelOptions = {
  piechart: Plain<Partial<PieChart>>;
  'state-timeline': Plain<Partial<StateTimeline>>;
  stat: Plain<Partial<Stat>>;
  timeseries: Plain<Partial<TimeSeries>>;
};
