## 장애: 무엇이, 어디서, 언제 고장 나는지.

list-faults = 장애
list-faults-add = 장애 추가
help-faults = 실행 중에 일어날 고장입니다. 링크와 파일에 함께 담겨 누구나 같은 상황을 봅니다. 기본값: 없음.
fault-title = { $number }. { $kind }
field-fault = 장애 종류
help-fault = 설계에 무슨 일이 일어나는지 고릅니다.
fault-crash = 서버 죽음
help-fault-crash = 서버가 죽어 처리하던 요청을 잃고 새 요청을 거절합니다. 그룹은 새 서버로 바꾸고, 단독 서버는 장애가 끝나면 돌아옵니다.
fault-hang = 응답 없음
help-fault-hang = 서버가 요청을 받기만 하고 답하지 않습니다. 상태 확인에도 답하지 않습니다. 끝나면 프로세스를 다시 시작하고 붙들고 있던 요청은 잃습니다.
fault-slow-down = 느려짐
help-fault-slow-down = 처리 시간이 몇 배로 늘어납니다.
fault-errors = 오류 응답
help-fault-errors = 요청의 일부에 바로 500으로 답합니다. 상태 확인은 통과합니다.
fault-health-checks = 상태 확인 고장
help-fault-health-checks = 요청은 처리할 수 있지만 상태 확인이 실패합니다.
fault-zone-outage = 가용 영역 장애
help-fault-zone-outage = 모든 그룹에서 한 가용 영역의 서버가 모두 죽고, 그 영역에서는 서버를 시작할 수 없습니다.
fault-partition = 네트워크 단절
help-fault-partition = 연결선으로 어느 방향이든 아무것도 지나가지 못합니다.
fault-launch-failures = 서버 시작 실패
help-fault-launch-failures = InsufficientInstanceCapacity처럼 그룹이 서버를 시작하지 못합니다.
fault-deploy = 순차 배포
help-fault-deploy = 인스턴스 새로 고침으로 그룹의 서버를 몇 대씩 모두 바꿉니다.
fault-spike = 트래픽 급증
help-fault-spike = 잠시 동안 소스의 요청률이 몇 배가 됩니다.
fault-rate-factor = 트래픽 변경
help-fault-rate-factor = 그때부터 소스의 요청률에 곱합니다.
fault-desired-capacity = 원하는 용량
help-fault-desired-capacity = 사람이 하듯 그룹의 원하는 용량을 정합니다.
field-fault-node = 대상
help-fault-node = 장애가 일어날 그룹이나 서버입니다.
field-fault-servers = 서버
help-fault-servers = 그룹의 서버 한 대 또는 전부입니다. 전부를 고르면 장애 중에 새로 시작한 서버도 포함합니다. 기본값: 한 대.
servers-one = 한 대
servers-all = 전부
field-fault-instance = 서버 번호
help-fault-instance = 시작한 순서대로 1부터 매긴 번호입니다. 비워 두면 가장 오래 서비스한 서버, 무작위 장애라면 아무 서버나 고릅니다.
open-any-server = 가장 오래된 서버
field-fault-factor = 배율
help-fault-factor = 시간이나 트래픽이 몇 배가 되는지입니다.
field-fault-percent = 비율
help-fault-percent = 실패하는 요청의 비율(%)입니다.
field-fault-zone = 가용 영역
help-fault-zone = 0부터 세는 가용 영역 번호입니다.
field-fault-link = 연결선
help-fault-link = 아무것도 지나가지 못하게 할 연결선입니다.
field-fault-group = 그룹
help-fault-group = 장애가 일어날 Auto Scaling 그룹입니다.
field-fault-source = 소스
help-fault-source = 트래픽이 바뀔 소스입니다.
field-fault-desired = 원하는 용량
help-fault-desired = 서버 수입니다. 그룹의 최소와 최대를 넘지 않습니다.
field-fault-when = 때
help-fault-when = 정한 시점에 한 번, 또는 무작위로 되풀이합니다.
fault-time-at = 정한 시점에
fault-time-random = 무작위로
field-fault-at = 시작 시점
help-fault-at = 실행을 시작한 뒤 지난 시간(초)입니다.
field-fault-for = 지속 시간
help-fault-for = 끝날 때까지의 시간(초)입니다. 한순간에 일어나는 장애에는 쓰이지 않습니다.
field-mtbf = 평균 고장 간격(MTBF)
help-mtbf = 한 장애가 끝난 뒤 다음 장애가 시작될 때까지의 평균 시간입니다. 대상 전체를 하나로 보며 지수 분포를 따릅니다.
field-mttr = 평균 복구 시간(MTTR)
help-mttr = 장애 하나가 이어지는 평균 시간입니다. 지수 분포를 따릅니다.

section-latency-law = 변하는 지연
help-latency-law = 메시지마다 분포에서 시간을 뽑습니다. 끄면 모든 메시지가 같은 시간이 걸립니다.
field-loss = 손실률
help-loss = 사라지는 메시지의 비율(%)입니다. TCP가 200 ms 뒤, 다시 400 ms 뒤처럼 간격을 두 배로 늘리며 다시 보내고, 여섯 번 뒤에는 포기합니다. 기본값: 0.

issue-no-such-target = { $field }이(가) 가리키는 { $expected ->
    [servers] 그룹이나 서버가
    [group] Auto Scaling 그룹이
    [source] 트래픽 소스가
   *[link] 연결선이
  } 이 설계에 없습니다. 다시 고르거나 장애를 지우세요.
issue-too-many-items = { $field } 항목이 { $count }개입니다. { $max }개 이하로 줄이세요.

event-fault-began = 장애 시작: { $what } ({ $duration } 동안)
event-fault-ended = 장애 끝: { $what }
event-fault-missed = { $what }: 일어날 대상이 없었음
fault-in-zone = 영역 { $zone }
fault-at-server = { $node }의 { $server }

run-command-zone = 그 영역을 쓰는 그룹이 없어 아무 일도 일어나지 않았습니다.
run-command-value = 값이 범위를 벗어나 아무 일도 일어나지 않았습니다.
reason-faults = 실행 중에 장애가 일어납니다
menu-faults = 장애 일으키기
run-kept = 실행 중에 { $count }번 개입했습니다.
run-keep = 설계에 남기기
run-keep-hint = 한 일을 같은 시각의 장애로 설계에 더합니다. 그러면 설계와 링크가 똑같은 실행을 되풀이합니다

## 무엇을 약속했는지, 왜 실패했는지, 얼마 만에 회복했는지.

section-slo = 목표 (SLO)
help-slo = 요청을 보내는 사람에게 약속한 수준입니다. 지켰는지, 얼마나 확실한지, 오류 예산을 얼마나 썼는지 결과에 나옵니다. 기본값: 없음.
field-slo-availability = 가용성
help-slo-availability = 제대로 답해야 하는 요청의 비율(%)입니다. 기본값: 99.9.
field-slo-latency = 지연 시간 목표
help-slo-latency = 응답이 이 시간을 넘지 않아야 합니다. 기본값: 500 ms.
field-slo-percentile = 지켜야 하는 비율
help-slo-percentile = 지연 시간 목표를 지켜야 하는 응답의 비율(%)입니다. 99는 p99를 약속합니다. 기본값: 99.
slo-title = 목표 (SLO)
slo-none = 정한 목표가 없습니다. 실행 설정에서 목표를 정하면 지켰는지 보여 줍니다.
slo-availability = 가용성
slo-latency = { $latency } 이내
slo-goodput = 제때 처리
slo-objective = { $measured }, 목표 { $target }: { $verdict }
slo-budget = 오류 예산의 { $used } 사용
slo-met = 지킴
slo-missed = 못 지킴
slo-too-close = 차이가 작아 판단할 수 없음
trouble-title = 실패와 회복
trouble-none = 실패한 요청도 장애도 없습니다.
cause-no-backend = 보낼 서버 없음 (503)
cause-queue-full = 대기열 가득 참 (503)
cause-connect-failed = 연결 실패 (502)
cause-reset = 연결 끊김 (502)
cause-timeout = 클라이언트가 기다리다 포기
cause-server-error = 서버 오류 (500)
recovery-no-harm = 영향 없음
recovery-after = { $after } 만에 회복, { $failed }건 실패
recovery-never = 실행이 끝날 때까지 회복하지 못함, { $failed }건 실패

## 한 주의 트래픽과 기록된 트래픽.

traffic-week = 한 주 곡선
traffic-recorded = 기록된 값 (CSV)
field-weekend = 주말
help-weekend = 평일에 견준 토요일과 일요일의 트래픽(%)입니다.
field-starts-on = 시작 요일
help-starts-on = 실행을 시작하는 요일입니다.
weekday-monday = 월요일
weekday-tuesday = 화요일
weekday-wednesday = 수요일
weekday-thursday = 목요일
weekday-friday = 금요일
weekday-saturday = 토요일
weekday-sunday = 일요일
field-series = 시각과 요청률
help-series = 한 줄에 한 점씩 시각, 쉼표, 초당 요청 수를 씁니다. 시각은 시작한 뒤의 초, 14:05:30, 2026-01-31T14:05:30처럼 씁니다. 20,000줄까지입니다.
field-between = 점 사이
help-between = 다음 점까지 그대로 두거나 직선으로 잇습니다. 기본값: 그대로.
between-steps = 그대로
between-lines = 직선
field-choose-file = 또는 CSV 파일 읽기
series-error-one-column = { $line }번째 줄: “{ $text }”에 열이 하나뿐입니다. 시각, 쉼표, 요청률을 쓰세요.
series-error-time = { $line }번째 줄: “{ $text }”은(는) 시각이 아닙니다. 초, 14:05:30, 2026-01-31T14:05:30처럼 쓰세요.
series-error-rate = { $line }번째 줄: “{ $text }”은(는) 요청률이 아닙니다. 초당 요청 수를 0에서 1,000,000 사이로 쓰세요.
series-error-not-later = { $line }번째 줄: { $text }초가 앞줄보다 늦지 않습니다. 시각 순서로 정렬하세요.
series-error-too-late = { $line }번째 줄: { $text }초는 가장 긴 실행(31일)을 넘습니다.
series-error-too-many = { $line }번째 줄: 점이 20,000개를 넘습니다. 줄이세요.
series-error-empty = 시각과 요청률이 있는 줄이 없습니다.
cause-connection-timeout = 빈 연결 없음 (503)
