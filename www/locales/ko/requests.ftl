## 요청 하나하나: 왜 그리로 가는지, 시간이 어디에 쓰이는지.

run-tab-requests = 요청

why-title = 왜 이 서버인가?
why-note = 다음 요청이 지금 도착한다면 로드 밸런서가 무엇을 보고 어떻게 결정할지 보여 줍니다. 답은 분산 코드 자신이 합니다.
why-no-balancer = 이 설계에는 로드 밸런서가 없어서 고를 것이 없습니다.
why-balancer = 로드 밸런서
why-ask = 다음 선택 설명
why-answer = { $clock } · { $source }의 { $number }번째 요청은 { $balancer }에서 { $server }(으)로 갑니다.
why-nobody = { $clock } · { $source }의 { $number }번째 요청은 { $balancer }에서 거부됩니다.
why-client = 클라이언트는 { $client }입니다.
why-table = 로드 밸런서가 본 것
why-server = 서버
why-standing = 고를 수 있나?
why-in-flight = 처리 중
why-weight = 가중치
why-chosen = 선택됨
why-drawn = 뽑힘
why-value-none = 값
why-value-turn = 차례
why-value-deadline = 마감까지
why-value-credit = 점수
why-value-per-weight = 가중치당 처리 중
why-value-weight-left = 남은 가중치
why-value-wait = 예상 대기
why-value-idle = 유휴 순번
why-value-points = 사이의 점
why-value-latency = 알려 준 지연

rule-turn = 라운드 로빈: 차례대로 하나씩. 차례가 1인 서버가 다음입니다.
rule-deadline = 가중치에 따른 가장 이른 마감 우선: 가중치가 두 배면 절반의 시간 뒤에 다시 차례가 옵니다.
rule-credit = 부드러운 가중 라운드 로빈: 매번 모두가 가중치만큼 점수를 얻고, 점수가 가장 높은 서버가 뽑혀 합계를 냅니다.
rule-fewest-in-flight = 최소 미해결 요청: 처리 중인 요청이 가장 적은 서버. 같으면 가장 오래 기다린 서버.
rule-fewest-of-draws = 무작위로 몇 서버를 뽑아 그중 처리 중인 요청이 가장 적은 서버.
rule-fewest-per-weight = 최소 연결: 가중치당 처리 중인 요청이 가장 적은 서버. 같으면 차례대로.
rule-fewest-per-weight-of-two = 가중치에 따라 두 서버를 뽑아 가중치당 처리 중인 요청이 적은 쪽.
rule-random = 무작위: 가중치에 비례한 확률로 아무나.
rule-random-by-failures = 가중 무작위. 다만 남보다 많이 실패하는 서버는 가중치를 잃습니다.
rule-shortest-wait-of-two = Peak EWMA: 무작위로 뽑은 둘 중 예상 대기(최근 응답 시간 × 이 요청까지 더한 처리 중 요청 수)가 짧은 쪽.
rule-shortest-wait = 최소 응답 시간: 모두 가운데 예상 대기(최근 응답 시간 × 이 요청까지 더한 처리 중 요청 수)가 가장 짧은 서버.
rule-longest-idle = 유휴 큐: 가장 오래 쉰 서버.
rule-nobody-idle = 유휴 큐: 쉬는 서버가 없어서 무작위로 아무나.
rule-network = IP 해시: 클라이언트의 네트워크가 정하므로 같은 클라이언트는 같은 서버로 갑니다.
rule-ring = 링 해시: 링에서 클라이언트의 해시 다음에 오는 점의 서버.
rule-bounded-ring = 부하 제한 링 해시: 링에서 다음 점 가운데 제 몫을 넘지 않은 서버.
rule-table = Maglev: 모든 서버가 고르게 채운 표에서 클라이언트의 해시가 가리키는 칸.
rule-bounded-table = 부하 제한 Maglev: 해시가 가리키는 칸의 서버. 제 몫을 넘었으면 다른 서버.
rule-hot-cold = Prequal: 서버들에게 상태를 물어, 가장 바쁜 축이 아닌 서버 가운데 가장 빠른 서버.

course-first-full = 규칙이 먼저 고른 서버는 받을 수 있는 만큼 요청을 갖고 있어서 다른 서버를 고릅니다.
course-again = 다른 서버가 이 요청에 이미 실패했습니다.
course-unhealthy = 정상 서버가 너무 적어서 비정상 서버도 요청을 받습니다(fail open).
course-session = 클라이언트에게 세션이 있어서 규칙과 상관없이 그 서버로 갑니다.

unavailable-none = 등록되어 서비스 중인 서버가 없습니다.
unavailable-tried = 모든 서버가 이 요청에 실패했습니다.
unavailable-unhealthy = 정상 서버가 없고, 이 로드 밸런서는 fail open을 하지 않습니다.
unavailable-full = 모든 서버가 받을 수 있는 만큼 요청을 갖고 있습니다.

standing-candidate = 예
standing-draining = 아니요: 연결 비우는 중
standing-maintenance = 아니요: 점검 중
standing-no-weight = 아니요: 가중치 0
standing-unhealthy = 아니요: 비정상
standing-unchecked = 아니요: 아직 확인 전
standing-ejected = 아니요: 제외됨
standing-full = 아니요: 가득 참
standing-over-bound = 아니요: 제 몫을 넘음
standing-tried = 아니요: 이 요청에 실패함
standing-elsewhere = 아니요: 다른 단계나 영역

trace-title = 시간은 어디에 쓰이나?
trace-note = 한 요청이 클라이언트를 떠나 돌아오기까지의 길. 이 탭을 연 뒤부터 요청을 따라가며, 실행 결과는 그대로입니다.
trace-p50 = p50
trace-p95 = p95
trace-p99 = p99
trace-slowest = 가장 느린 요청
trace-failed = 실패한 요청
trace-next = 다음 요청
trace-wait = 가는 중입니다…
trace-wait-paused = 시뮬레이션을 이어서 실행하면 다음 요청이 끝났을 때 여기에 나타납니다.
trace-none-failed = 따라간 요청 가운데 실패한 것이 없습니다.
trace-none-yet = 따라간 요청 가운데 끝난 것이 아직 없습니다. 시뮬레이션을 실행하세요.
trace-too-late = 요청을 따라가기 전에 실행이 끝났습니다. 다시 시작하면 처음부터 따라갑니다.
trace-summary = { $clock }에 만든 { $source }의 { $number }번째 요청: { $ended }
trace-took = { $took } 뒤에 응답
trace-took-failed = { $took } 뒤에 실패: { $cause }
trace-under-way = 가는 중
trace-sample = 고르게 표본으로 따라간 요청 { $count }개 가운데 골랐습니다.
trace-table = 요청이 한 일
trace-what = 무엇
trace-where = 어디
trace-from = 시작
trace-span = 걸린 시간
trace-goes-on = 계속됨
trace-attempt = (시도 { $number })

activity-network = 네트워크
activity-queue = 대기열
activity-service = 처리
activity-connection = 연결 대기
activity-dependency = 종속성
activity-retry = 재시도 전 멈춤

## 실행의 지문을 담은 링크.

claim-copy = 이 실행을 증명하는 링크 복사
claim-copy-hint = 링크에 설계, 시드, 엔진 버전, 지문이 담깁니다. 열어서 실행하면 결과가 같은지 알 수 있습니다
claim-copied = 링크를 복사했습니다
claim-touched = 누군가 이 실행에 손을 댔습니다. 한 일을 장애로 남기고 다시 실행하면 링크로 증명할 수 있습니다.
claim-reproduced = 재현됨: 링크가 말하는 지문 { $claimed }과(와) 같습니다.
claim-differs = 재현되지 않음: 링크는 이 설계, 시드, 엔진 버전의 지문이 { $claimed }(이)라고 합니다. 링크와 함께 알려 주세요.
claim-other-engine = 링크의 지문 { $claimed }은(는) 엔진 버전 { $engine }의 것이고 지금은 { $own }입니다. 결과가 다를 수 있습니다.
claim-other-run = 링크는 다른 실행의 지문을 말합니다. 그사이 설계나 시드가 바뀌었거나 누군가 손을 댔습니다.

## 계획한 일의 시간표.

timeline = 계획
timeline-label = 계획한 장애와 트래픽의 시간표
timeline-empty = 계획한 장애가 없습니다. 추가해 보세요.
timeline-add = 계획에 추가
timeline-when = { $clock }에
timeline-when-lasts = { $clock }에, { $lasts } 동안
timeline-keys = 왼쪽과 오른쪽 화살표로 옮기고, Shift와 함께 길이를 바꾸고, Delete로 지웁니다.
timeline-random = 무작위 { $count }개
