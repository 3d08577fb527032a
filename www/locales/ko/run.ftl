## The run dock: transport, traffic, faults, charts, events.

run-dock = 시뮬레이션
run-play = 재생
run-pause = 일시 정지
run-restart = 처음부터
run-play-hint = 재생 또는 일시 정지 (스페이스 키)
run-restart-hint = 같은 시드로 처음부터 다시 시작
run-step = 1분 건너뛰기
run-step-hint = 1분 뒤까지 시뮬레이션
run-speed = 속도
run-speed-max = 최고
run-clock = 시뮬레이션 시각
run-traffic = 트래픽
run-traffic-hint = 지금부터 모든 소스의 요청률에 곱하는 값
run-spike = 5배 급증
run-spike-hint = 시뮬레이션 시간으로 1분 동안 트래픽이 5배가 됩니다
run-crash = 서버 죽이기
run-crash-hint = 가장 오래 서비스한 서버가 바로 죽습니다
run-seed = 시드
run-seed-hint = 시드가 같으면 실행 결과도 같습니다
run-seed-new = 새 시드
run-seed-invalid = 시드는 0부터 18,446,744,073,709,551,615까지의 정수입니다.

run-status-idle = 준비됨
run-status-loading = 시작하는 중
run-status-running = 실행 중
run-status-paused = 멈춤
run-status-finished = 끝남
run-status-blocked = 실행할 수 없음
run-blocked = 설계에 오류가 있어 아직 실행할 수 없습니다. 속성 패널에 나온 오류를 먼저 고치세요.
run-announce-running = { $speed } 속도로 시뮬레이션을 실행합니다
run-announce-paused = { $clock }에 시뮬레이션을 멈췄습니다
run-announce-finished = 시뮬레이션이 끝났습니다. 완료된 요청 { $completed }건, p99 { $p99 }

run-design-changed = 이 실행을 시작한 뒤에 설계가 바뀌었습니다.
run-design-restart = 바뀐 설계로 다시 시작
run-refused = 페이지에서는 오류가 없었지만 시뮬레이션이 이 설계를 받지 않았습니다. 설계와 함께 알려 주세요.
run-command-node = 이 실행에는 그 노드가 없어 아무 일도 일어나지 않았습니다. 처음부터 다시 시작하면 포함됩니다.
run-command-instance = 죽일 서버가 없어 아무 일도 일어나지 않았습니다.
run-command-refresh = 바뀐 것이 없습니다. 인스턴스 새로 고침이 진행 중입니다.
run-worker-failed = 백그라운드 시뮬레이션을 시작하지 못했습니다. 설계는 그대로입니다. 페이지를 새로 고치세요. 그래도 안 되면 다른 브라우저나 `gomujul simulate` 명령으로 실행할 수 있습니다.
run-worker-version = 페이지와 시뮬레이션의 버전이 다릅니다. 페이지를 새로 고치세요.
run-crashed = 프로그램의 실수로 시뮬레이션이 멈췄습니다. 설계는 그대로입니다. 재생을 누르면 다시 실행됩니다.

run-tab-charts = 차트
run-tab-events = 이벤트
run-tab-steps = 이야기
run-tab-result = 결과
run-tabs = 보기 선택

## Totals

run-total-requests = 요청
run-total-completed = 완료
run-total-failed = 실패
run-total-p99 = p99
run-total-availability = 가용성
run-total-cost = 비용
run-total-rate = 엔진
run-total-cost-value = { $total } · 시간당 { $hourly }
run-total-events-value = 초당 이벤트 { $events }개

## Charts

chart-requests = 초당 요청
chart-latency = 지연 시간
chart-cpu = 평균 CPU
chart-servers = 서버 수
chart-arrived = 들어옴
chart-completed = 완료
chart-failed = 실패
chart-p50 = p50
chart-p99 = p99
chart-average-cpu = CPU
chart-threshold = 경보 { $sign } { $threshold }
chart-in-service = 서비스 중
chart-launching = 시작 중
chart-draining = 등록 취소 중
chart-desired = 원하는 용량
chart-empty = 재생을 누르면 시뮬레이션을 따라 차트가 그려집니다.
chart-summary = { $clock } 현재 { $title }: { $values }
chart-missing = 차트 라이브러리를 불러오지 못했습니다. 페이지를 새로 고치면 차트가 보입니다. 위의 숫자는 맞습니다.

## Events. Times are shown before them.

events-empty = 아직 일어난 일이 없습니다. 재생을 누르고 지켜보세요.
events-label = 이벤트 기록, 최신이 마지막
events-newest = 최신 이벤트로
event-rate-factor = 트래픽을 ×{ $factor }(으)로 바꿈
event-spike-began = 급증: { $duration } 동안 트래픽 ×{ $factor }
event-spike-ended = 급증이 끝남
event-stalled = 시간이 멈춤: 한순간에 이벤트가 끝없이 이어져 실행을 여기서 끝냅니다. 생각하는 시간이나 요청 처리 시간을 0보다 크게 하세요.
event-alarm-alarm = { $metric } { $value } { $sign } { $threshold }, { $periods }개 기간 중 { $breaching }개 위반 → ALARM
event-alarm-ok = { $metric } { $value }, { $sign } { $threshold } 위반은 { $periods }개 기간 중 { $breaching }개 → OK
event-alarm-insufficient = { $metric }을(를) 판단할 데이터가 부족함 → INSUFFICIENT_DATA
event-alarm-no-value = (데이터 없음)
event-desired-more = 서버 +{ $by }대: 원하는 용량 { $from } → { $to }
event-desired-fewer = 서버 −{ $by }대: 원하는 용량 { $from } → { $to }
event-launched = { $server } 시작
event-launch-failed = { $server } 시작 실패: 용량 없음
event-spot-interruption = { $server } 2분 뒤 회수됨 (스팟 중단 알림)
event-refresh-started = 인스턴스 새로 고침 시작
event-refresh-progress = 인스턴스 새로 고침: { $percent } % 교체, 체크포인트 { $checkpoint } %
event-cause-spot = 스팟 중단
event-cause-refresh = 인스턴스 새로 고침
event-booting = { $server } 부팅 중
event-checking = { $server } 부팅 완료({ $age }), 첫 상태 확인을 기다림
event-in-service = { $server } 상태 확인 통과, { $age } 만에 서비스 시작
event-draining = { $server } 등록 취소 중: 새 요청은 받지 않고 남은 요청만 마침
event-terminated = { $server } 종료 (가동 시간 { $age })
event-crashed = { $server } 죽음, { $lost ->
    [0] 잃은 요청 없음
   *[other] 요청 { $lost }건을 잃음
  }
event-healthy = { $node }: { $server } 정상, 요청을 보내기 시작함
event-unhealthy = { $node }: { $server } 비정상, 요청을 더 보내지 않음
event-cause = 원인: { $cause }
event-cause-alarm = 경보
event-cause-crash = 죽은 서버
event-cause-desired = 원하는 용량 변경
event-cause-spike = 트래픽 급증
event-cause-hand = 직접 바꾼 값

## The seven steps

steps-label = 일곱 단계 이야기
steps-progress = { $count }단계 중 { $done }단계
step-done = 일어남
step-open = 남음
step-1 = 요청이 로드 밸런서에 도착합니다.
step-2 = 로드 밸런서가 Auto Scaling 그룹의 정상 서버로 요청을 나눠 보냅니다.
step-3 = 사람이 몰려 평균 CPU가 { $threshold }를 넘습니다.
step-4 = 경보가 ALARM 상태가 되어 그룹에 신호를 보냅니다.
step-5 = 그룹이 스스로 서버를 시작합니다.
step-6 = 새 서버가 상태 확인을 통과하고 트래픽을 받습니다.
step-7 = 부하가 나뉘어 시스템이 다시 안정됩니다.
step-night = 밤: CPU가 { $threshold } 아래로 떨어져 그룹이 스케일 인합니다.
step-death = 서버가 죽으면 그룹이 새 서버로 바꿉니다.

## Result

result-title = 결과
result-empty = 실행이 끝나면 결과가 나타납니다.
result-latency = 지연 시간 (p50 · p99 · p99.9)
result-availability = 가용성
result-cost = 비용
result-requests = 요청 (완료 · 실패)
result-digest = 다이제스트
result-digest-hint = 다이제스트가 같으면 요청 하나하나까지 같은 실행입니다
result-identity = 시드 { $seed } · 엔진 { $engine } · 시뮬레이션 { $duration }

## 결과: 얼마나 확실한지, 이론은 무엇이라 하는지, 비용은 얼마인지.

trust-title = 얼마나 확실한가
trust-mean = 평균 지연 시간, 95% 신뢰 구간
trust-p50 = p50
trust-p99 = p99
trust-unknown = { $value } (구간을 얻으려면 더 길게 실행하세요)
trust-conserved = 잃어버린 요청 없음
trust-conserved-yes = 도착 = 완료 + 실패 + 처리 중
trust-conserved-no = 수가 맞지 않습니다. 이 설계를 알려 주세요
trust-little = 리틀의 법칙
trust-little-value = 처리 중 { $flight } = { $rate } × { $time }
theory-title = 이론
theory-nothing = 공식이 설명하는 부분이 그림에 없습니다.
theory-touched = 실행 중에 개입했으므로 공식이 설명하는 실행이 아닙니다. 비교하려면 다시 시작해 그대로 두세요.
theory-none = { $name }: 공식 없음. { $reason }.
theory-model = { $name }: { $model }, 사용률 { $busy }
theory-mean = 평균
theory-p50 = p50
theory-p95 = p95
theory-p99 = p99
theory-refused = 거부
theory-comparison = 이론 { $predicted }, 측정 { $measured }: { $verdict }
theory-agrees = 일치
theory-too-short = 판단하기에는 짧은 실행
theory-differs = 다름
reason-rate-varies = 요청 속도가 시간에 따라 바뀝니다
reason-closed-loop = 정해진 수의 사용자가 요청과 생각을 번갈아 합니다
reason-no-traffic = 요청이 없습니다
reason-several-targets = 한 소스가 여러 노드에 번갈아 보냅니다
reason-mixed = 여러 로드 밸런서나 서로 다른 서버가 요청을 나눕니다
reason-several-stages = 요청이 여러 단계를 거칩니다
reason-scaling-policies = 조정 정책이 서버 수를 바꿀 수 있습니다
reason-no-servers = 그룹에 서버가 없습니다
reason-policy = 이 분산 정책에는 알려진 공식이 없습니다
reason-service-law = 여러 코어가 대기열 하나를 쓰는데 처리 시간이 지수 분포가 아닙니다
reason-unknown-law = 공식이 이 처리 시간 분포를 다루지 않습니다
reason-arrivals = 요청이 일정한 간격으로 옵니다
reason-server-shape = 이 정책의 공식은 지수 분포 처리 시간과 긴 대기열에만 있습니다
reason-setting = 공식이 다루지 않는 설정이 있습니다
reason-unstable = 부하가 처리 능력의 { $load }라서 대기열이 안정되지 않습니다
reason-value = 공식이 이 값을 받지 않습니다
bill-title = 비용
bill-servers = 서버
bill-credits = 초과 CPU 크레딧
bill-balancers = 로드 밸런서 시간
bill-lcu = 용량 단위(LCU)
bill-data-out = 데이터 송신
bill-cloudwatch = CloudWatch
bill-pace = 이대로라면
bill-pace-value = 하루 { $day }, 한 달 { $month }
bill-prices = 가격의 출처와 날짜
bill-price-unknown = 가격을 알 수 없어 0으로 계산
bill-unverified = 확인되지 않음
